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

    @Test("Each member of params and replies says what it means", arguments: CatalogueMethod.all)
    func explained(_ method: CatalogueMethod) {
        let description = MethodDescription(method.type)
        for shape in [.object(description.params), description.reply] {
            #expect(unexplained(shape) == [])
        }
    }

    private func unexplained(_ shape: JSONShape) -> [String] {
        switch shape.kind {
        case .object(let fields):
            fields.flatMap { ($0.shape.summary?.isEmpty ?? true ? [$0.name] : []) + unexplained($0.shape) }
        case .array(let element), .map(let element): unexplained(element)
        case .any, .string, .integer, .number, .boolean: []
        }
    }

    @Test("What a type explains are its members", arguments: CatalogueMethod.all)
    func meanings(_ method: CatalogueMethod) {
        let example = examples(method.type)
        for type in explaining(example.params) + explaining(example.reply) {
            #expect(Set(type.meanings.keys).subtracting(members(of: type)) == [], "\(type)")
        }
    }

    private func examples<Method: RPCMethod>(_ method: Method.Type) -> (params: Any, reply: Any) {
        let example = method.example
        return (example.params, example.reply)
    }

    /// The types of a value, at any depth, that say what their members mean.
    private func explaining(_ value: Any) -> [any JSONExplained.Type] {
        let inner = Mirror(reflecting: value).children.flatMap { explaining($0.value) }
        guard let explained = value as? any JSONExplained else { return inner }
        return [type(of: explained)] + inner
    }

    private func members(of type: any JSONExplained.Type) -> [String] {
        (type as? any Decodable.Type).map { Shape.of($0).fields.map(\.name) } ?? []
    }

    @Test("Each error has one row with its number and status", arguments: AuthError.Code.allCases)
    func error(_ code: AuthError.Code) {
        let row = "| \(code.number) | `\(code.rawValue)` | \(code.httpStatus) |"
        #expect(lines.filter { $0.hasPrefix(row) }.count == 1)
    }

    @Test("Each route stands with its status, in the overview and under its method", arguments: CatalogueMethod.all)
    func route(_ method: CatalogueMethod) {
        guard let route = method.spec.rest else { return }
        let phrase = "`\(route.verb.rawValue) \(route.path)` → \(route.status)"
        #expect(lines.filter { $0.contains(phrase) }.count == 2)
    }

    @Test("Each notification has a section with an example")
    func notifications() {
        for notification in authNotifications {
            let name = notification.spec.name
            #expect(lines.filter { $0 == "### \(name)" }.count == 1)
            #expect(lines.filter { $0.contains(#""method":"\#(name)""#) }.count == 1)
        }
    }
}
