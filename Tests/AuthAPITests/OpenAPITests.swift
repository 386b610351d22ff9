import AuthAPI
import Contract
import MVPAuth
import StrictJSON
import Testing

@Suite("OpenAPI document")
struct OpenAPITests {
    static let routed = CatalogueMethod.all.filter { $0.spec.rest != nil }

    private let document = OpenAPI.document()

    private func operation(_ method: CatalogueMethod) throws -> JSON {
        let route = try #require(method.spec.rest)
        let path = document.at("paths", "/auth" + route.path)
        return try #require(path?[route.verb.rawValue.lowercased()])
    }

    @Test("It has every row of the REST table and the system's three routes, and no other")
    func paths() {
        let operations = (document["paths"]?.members ?? []).flatMap { path in
            path.value.names.map { $0.uppercased() + " " + path.name }
        }
        let rows = RESTTableTests.contract.map { $0.verb + " /auth" + $0.path }
        #expect(Set(operations) == Set(rows + ["GET /authz", "GET /healthz", "GET /readyz"]))
        #expect(operations.count == rows.count + 3)
    }

    @Test("A group that is not served is not described", arguments: RESTRoute.Group.allCases)
    func groups(_ group: RESTRoute.Group) {
        let document = OpenAPI.document(prefix: "", groups: [group])
        let paths = RESTTableTests.contract.filter { $0.group == group.rawValue }.map(\.path)
        #expect(Set(document["paths"]?.names ?? []) == Set(paths + ["/authz", "/healthz", "/readyz"]))
        #expect(document["tags"]?.elements.map { $0["name"]?.string } == [group.rawValue])
    }

    @Test("There are four groups")
    func allGroups() {
        #expect(RESTRoute.Group.allCases.map(\.rawValue) == ["core", "verify", "password", "sessions"])
        #expect(RESTRoute.Group(rawValue: "admin") == nil)
    }

    @Test("The prefix stands before every route of the table and no other")
    func prefix() {
        let paths = OpenAPI.document(prefix: "/v2/accounts")["paths"]?.names ?? []
        #expect(paths.filter { $0.utf8.starts(with: "/v2/accounts/".utf8) }.count == 13)
        #expect(!paths.contains { $0.utf8.starts(with: "/auth/".utf8) })
    }

    @Test("The body has the members of the row, with an example that fits", arguments: routed)
    func body(_ method: CatalogueMethod) throws {
        let operation = try operation(method)
        let content = operation.at("requestBody", "content", "application/json")
        #expect(content?.at("schema", "properties")?.names ?? [] == method.spec.rest?.body)
        guard let content else { return }
        #expect(content["schema"]?["required"]?.elements.compactMap(\.string) == method.spec.rest?.body)
        let example = try #require(content["example"])
        #expect(SchemaCheck.complaints(of: example, against: try #require(content["schema"])) == [])
    }

    @Test("Path parameters are declared", arguments: routed)
    func parameters(_ method: CatalogueMethod) throws {
        let all = try operation(method)["parameters"]?.elements ?? []
        let parameters = all.filter { $0["in"] != "header" }
        #expect(parameters.map { $0["name"] } == (method.spec.rest?.pathParameter == nil ? [] : ["id"]))
        for parameter in parameters {
            #expect(parameter["in"] == "path")
            #expect(parameter["required"] == true)
            #expect(parameter.at("schema", "format") == "uuid")
        }
    }

    @Test("A route takes an Idempotency-Key unless it may be repeated without one", arguments: routed)
    func idempotencyKey(_ method: CatalogueMethod) throws {
        let parameters = try operation(method)["parameters"]?.elements ?? []
        let header = parameters.first { $0["name"] == "Idempotency-Key" }
        #expect((header != nil) == (method.spec.rest?.verb != .get))
        guard let header else { return }
        #expect(header["in"] == "header" && header["required"] == false)
        #expect(header.at("schema", "minLength") == 8 && header.at("schema", "maxLength") == 128)
        #expect(header["example"]?.string.flatMap(IdempotencyKey.init) != nil)
    }

    @Test(
        "An Idempotency-Key has 8 to 128 printable characters",
        arguments: [
            ("1234567", false), ("12345678", true), (String(repeating: "~", count: 128), true),
            (String(repeating: "!", count: 129), false), ("1234 5678", false), ("12345678é", false),
        ])
    func key(_ text: String, _ isOne: Bool) {
        #expect((IdempotencyKey(text) != nil) == isOne)
    }

    @Test("A protected route asks for the bearer token, and only such a route", arguments: routed)
    func security(_ method: CatalogueMethod) throws {
        let security = try operation(method)["security"]
        let route = try #require(method.spec.rest)
        let alternatives: [JSON] = [["bearer": []]] + (route.bodyReplacesBearer ? [.object([])] : [])
        #expect(security?.elements ?? [] == (route.isProtected ? alternatives : []))
        #expect(document.at("components", "securitySchemes", "bearer", "scheme") == "bearer")
    }

    @Test("The result stands under the row's status, with an example that fits", arguments: routed)
    func result(_ method: CatalogueMethod) throws {
        let operation = try operation(method)
        let status = "\(method.spec.rest?.status ?? 0)"
        let content = try #require(operation.at("responses", status, "content", "application/json"))
        let schema = try #require(content["schema"])
        #expect(SchemaCheck.complaints(of: try #require(content["example"]), against: schema) == [])
    }

    @Test("Each error stands under its status, with a body that fits", arguments: routed)
    func failures(_ method: CatalogueMethod) throws {
        let schema = try #require(document.at("components", "schemas", "Error"))
        let responses = try operation(method)["responses"]?.members ?? []
        var described: Set<String> = []
        for response in responses.dropFirst() {
            let examples = response.value.at("content", "application/json", "examples")?.members ?? []
            #expect(!examples.isEmpty)
            for example in examples {
                described.insert(example.name)
                let body = try #require(example.value["value"])
                #expect(SchemaCheck.complaints(of: body, against: schema) == [])
                #expect(body["code"]?.string == example.name)
                if let code = AuthError.Code(rawValue: example.name) { #expect(response.name == "\(code.httpStatus)") }
            }
        }
        #expect(described.isSuperset(of: method.spec.errors.map(\.rawValue)))
        #expect(described.isSuperset(of: ["UNAVAILABLE", "STORAGE_UNAVAILABLE", "INTERNAL_ERROR"]))
        #expect(described.contains("UNSUPPORTED_MEDIA_TYPE") == (method.spec.rest?.body.isEmpty == false))
    }

    @Test("Statuses ascend, so that the document is the same each time", arguments: routed)
    func order(_ method: CatalogueMethod) throws {
        let statuses = try operation(method)["responses"]?.names.compactMap(Int.init) ?? []
        #expect(statuses == statuses.sorted())
        #expect(OpenAPI.document() == document)
    }

    @Test("Operation identifiers are unique")
    func identifiers() {
        let all = (document["paths"]?.members ?? []).flatMap { $0.value.members }
            .compactMap { $0.value["operationId"]?.string }
        #expect(Set(all).count == 16)
        #expect(all.count == 16)
    }
}
