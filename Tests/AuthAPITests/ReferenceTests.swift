import AuthAPI
import Contract
import MVPAuth
import StrictJSON
import Testing

@Suite("Reference")
struct ReferenceTests {
    private let lines = Reference.markdown().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

    @Test("Each method has one row and one section", arguments: CatalogueMethod.all)
    func method(_ method: CatalogueMethod) {
        let name = method.spec.name
        #expect(lines.filter { $0.hasPrefix("| [`\(name)`]") }.count == 1)
        #expect(lines.filter { $0 == "## \(name)" }.count == 1)
        #expect(lines.filter { $0.contains(#""method":"\#(name)""#) }.count == 1)
    }

    @Test("Each param and each member of a result has a row under its method", arguments: CatalogueMethod.all)
    func rows(_ method: CatalogueMethod) throws {
        let description = MethodDescription(method.type)
        let start = try #require(lines.firstIndex(of: "## \(method.spec.name)"))
        let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
        for field in description.params {
            let rows = section.filter { $0.hasPrefix("| `\(field.name)` |") && !$0.hasSuffix("|  |") }
            #expect(!rows.isEmpty, "\(field.name)")
        }
        for field in description.reply.fields {
            #expect(section.contains { $0.hasPrefix("| `\(field.name)` |") }, "\(field.name)")
        }
        for code in method.spec.errors {
            #expect(section.contains { $0.contains("`\(code.rawValue)` (\(code.number))") })
        }
    }

    @Test("Every word of the glossary is the name of a member")
    func glossary() {
        let members = CatalogueMethod.all.flatMap { method in
            let description = MethodDescription(method.type)
            return names(.object(description.params)) + names(description.reply)
        }
        #expect(Set(Glossary.meanings.keys).subtracting(members) == [])
    }

    private func names(_ shape: JSONShape) -> [String] {
        switch shape.kind {
        case .object(let fields): fields.flatMap { [$0.name] + names($0.shape) }
        case .array(let element), .map(let element): names(element)
        case .any, .string, .integer, .number, .boolean: []
        }
    }

    @Test("Each error has one row with its number and status", arguments: AuthError.Code.allCases)
    func error(_ code: AuthError.Code) {
        let row = "| \(code.number) | `\(code.rawValue)` | \(code.httpStatus) |"
        #expect(lines.filter { $0.hasPrefix(row) }.count == 1)
    }

    @Test("Each route stands with its status, in the overview and under its method", arguments: RESTTableTests.contract)
    func route(_ row: RESTTableTests.Row) {
        #expect(lines.filter { $0.contains("`\(row.verb) \(row.path)` → \(row.status)") }.count == 2)
    }
}
