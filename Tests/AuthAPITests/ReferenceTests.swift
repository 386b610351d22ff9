import AuthAPI
import MVPAuth
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

    @Test("Each error has one row with its number and status", arguments: AuthError.Code.allCases)
    func error(_ code: AuthError.Code) {
        let row = "| \(code.number) | `\(code.rawValue)` | \(code.httpStatus) |"
        #expect(lines.filter { $0.hasPrefix(row) }.count == 1)
    }

    @Test("Each route stands with its status", arguments: RESTTableTests.contract)
    func route(_ row: RESTTableTests.Row) {
        #expect(lines.filter { $0.contains("`\(row.verb) \(row.path)` → \(row.status)") }.count == 1)
    }
}
