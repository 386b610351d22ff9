import AuthAPI
import Contract
import MVPAuth
import StrictJSON
import Testing

@Suite("OpenRPC document")
struct OpenRPCTests {
    private let document = OpenRPC.document()

    private func entry(_ method: CatalogueMethod) throws -> JSON {
        let entries = document["methods"]?.elements ?? []
        return try #require(entries.first { $0["name"]?.string == method.spec.name })
    }

    @Test("It names its version and the service")
    func head() {
        #expect(document.names == ["openrpc", "info", "methods", "x-notifications", "components"])
        #expect(document["openrpc"] == "1.3.2")
        #expect(document.at("info", "title") == "mvp-auth")
        #expect(document.at("info", "version")?.string == Software.mvpAuth.version)
    }

    @Test("It has the methods of the catalogue, each once, in order")
    func methods() {
        let names = document["methods"]?.elements.compactMap { $0["name"]?.string }
        #expect(names == CatalogueMethod.all.map(\.spec.name))
        #expect(Set(names ?? []).count == CatalogueMethod.all.count)
    }

    @Test("It has the notifications of the catalogue, each with params that fit its example")
    func notifications() throws {
        let entries = document["x-notifications"]?.elements ?? []
        #expect(entries.compactMap { $0["name"]?.string } == NotificationDescription.all.map(\.spec.name))
        for (entry, notification) in zip(entries, NotificationDescription.all) {
            #expect(entry["x-role"]?.string == notification.spec.role.rawValue)
            for param in entry["params"]?.elements ?? [] {
                let name = try #require(param["name"]?.string)
                #expect(param.at("schema", "description")?.string?.isEmpty == false, "\(name)")
                guard let value = notification.example[name] else { continue }
                #expect(SchemaCheck.complaints(of: value, against: try #require(param["schema"])) == [], "\(name)")
            }
        }
    }

    @Test("A method has only members that the specification has", arguments: CatalogueMethod.all)
    func members(_ method: CatalogueMethod) throws {
        let known: Set = ["name", "summary", "paramStructure", "params", "result", "errors", "examples"]
        let names = try entry(method).names
        #expect(known.isSubset(of: names))
        #expect(names.filter { !known.contains($0) }.allSatisfy { $0.hasPrefix("x-") })
    }

    @Test(
        "Each param is said to be required or not, and has its schema and its meaning", arguments: CatalogueMethod.all)
    func params(_ method: CatalogueMethod) throws {
        let params = try entry(method)["params"]?.elements ?? []
        let fields = MethodDescription(method.type).params
        #expect(params.count == fields.count)
        for field in fields {
            let param = try #require(params.first { $0["name"]?.string == field.name })
            #expect(param.names == ["name", "required", "schema"])
            #expect(param["required"] == .bool(field.isRequired))
            #expect(param.at("schema", "description")?.string?.isEmpty == false)
        }
    }

    @Test("A method that says that it can be called by position tells the order of that call")
    func positions() throws {
        var byName: [String] = []
        for method in CatalogueMethod.all {
            let entry = try entry(method)
            guard entry["paramStructure"] == "either" else {
                #expect(entry["paramStructure"] == "by-name")
                byName.append(method.spec.name)
                continue
            }
            let params = entry["params"]?.elements.map { $0["name"]?.string }
            #expect(params == MethodDescription(method.type).params.map(\.name))
        }
        #expect(byName == ["password.change_password", "session.revoke"])
    }

    @Test("A client may ask for the document with the standard limit of a reply")
    func size() {
        #expect(document.text.count < Limits.standard.replyBytes / 4)
    }

    @Test("Errors are the method's own and the common ones, each once", arguments: CatalogueMethod.all)
    func errors(_ method: CatalogueMethod) throws {
        let errors = try entry(method)["errors"]?.elements ?? []
        let codes = errors.compactMap { $0["$ref"]?.string?.split(separator: "/").last.map(String.init) }
        #expect(codes == (method.spec.errors + MethodSpec.commonErrors).map(\.rawValue))
        #expect(Set(codes).count == errors.count)
    }

    @Test("Every error is described once", arguments: AuthError.Code.allCases)
    func error(_ code: AuthError.Code) throws {
        let error = try #require(document.at("components", "errors", code.rawValue))
        #expect(error["code"]?.int == code.number)
        #expect(error["message"]?.string == code.message)
        #expect(error["data"] == ["code": .string(code.rawValue), "retryable": .bool(code.isRetryable)])
        #expect(document.at("components", "errors")?.names.count == AuthError.Code.allCases.count)
    }

    @Test("The example fits the schemas", arguments: CatalogueMethod.all)
    func example(_ method: CatalogueMethod) throws {
        let entry = try entry(method)
        let example = try #require(entry["examples"]?[0])
        for param in example["params"]?.elements ?? [] {
            let schema = entry["params"]?.elements.first { $0["name"] == param["name"] }?["schema"]
            let value = try #require(param["value"])
            #expect(SchemaCheck.complaints(of: value, against: try #require(schema)) == [])
        }
        let result = try #require(example.at("result", "value"))
        #expect(SchemaCheck.complaints(of: result, against: try #require(entry.at("result", "schema"))) == [])
    }

    @Test("Role, idempotency, sensitivity and route are said", arguments: CatalogueMethod.all)
    func extensions(_ method: CatalogueMethod) throws {
        let entry = try entry(method)
        let spec = method.spec
        #expect(entry["x-role"]?.string == spec.role.rawValue)
        #expect(entry["x-cost"]?.string == spec.cost.rawValue)
        #expect(entry["x-idempotent"] == .bool(spec.isIdempotent))
        #expect(entry["x-sensitive"] == .bool(spec.isSensitive))
        #expect(entry.at("x-http", "path")?.string == spec.rest?.path)
        #expect(entry.at("x-http", "method")?.string == spec.rest?.verb.rawValue)
        #expect(entry.at("x-http", "status")?.int == spec.rest?.status)
    }

    @Test("A method that takes or gives a secret is marked as sensitive", arguments: CatalogueMethod.all)
    func sensitive(_ method: CatalogueMethod) {
        let description = MethodDescription(method.type)
        let shapes = description.params.map(\.shape) + description.reply.fields.map(\.shape)
        let holdsSecret = shapes.contains { $0.format.map { $0.utf8.elementsEqual("password".utf8) } ?? false }
        #expect(!holdsSecret || method.spec.isSensitive)
    }

    @Test("The document is the same each time, and strict JSON")
    func stable() throws {
        #expect(OpenRPC.document().text == document.text)
        #expect(try JSON.read(document.text) == document)
    }
}
