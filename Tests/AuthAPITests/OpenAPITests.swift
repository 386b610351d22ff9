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
        let rows = CatalogueMethod.all.compactMap(\.spec.rest).map { $0.verb.rawValue + " /auth" + $0.path }
        #expect(Set(operations) == Set(rows + ["GET /authz", "GET /healthz", "GET /readyz"]))
        #expect(operations.count == rows.count + 3)
    }

    @Test("A group that is not served is not described", arguments: RESTRoute.Group.allCases)
    func groups(_ group: RESTRoute.Group) throws {
        let selection = try RouteSelection(including: [group.rawValue], excluding: [])
        let document = OpenAPI.document(prefix: "", routes: selection)
        let paths = CatalogueMethod.all.compactMap(\.spec.rest).filter { $0.group == group }.map(\.path)
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
        #expect(paths.filter { $0.utf8.starts(with: "/v2/accounts/".utf8) }.count == 14)
        #expect(!paths.contains { $0.utf8.starts(with: "/auth/".utf8) })
    }

    @Test("The body has the members of the row, with an example that fits", arguments: routed)
    func body(_ method: CatalogueMethod) throws {
        let operation = try operation(method)
        let content = operation.at("requestBody", "content", "application/json")
        let schema = document.resolving(content?["schema"] ?? .null)
        #expect(schema["properties"]?.names ?? [] == method.spec.rest?.body)
        guard let content else { return }
        let optional: Set = ["remember_device", "device_token"]
        let required = method.spec.rest?.body.filter { !optional.contains($0) }
        #expect(schema["required"]?.elements.compactMap(\.string) == required)
        let example = try #require(content["example"])
        #expect(SchemaCheck.complaints(of: example, against: schema, in: document) == [])
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
        // An example would be copied, and the second call under it refused.
        #expect(header["example"] == nil)
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
        #expect(SchemaCheck.complaints(of: try #require(content["example"]), against: schema, in: document) == [])
    }

    @Test("Each error stands under its status, with a body that fits", arguments: routed)
    func failures(_ method: CatalogueMethod) throws {
        let schema = try #require(document.at("components", "schemas", "Error"))
        let responses = try operation(method)["responses"]?.members ?? []
        var described: Set<String> = []
        for response in responses.dropFirst() {
            let answer = document.resolving(response.value)
            let examples = answer.at("content", "application/json", "examples")?.members ?? []
            #expect(!examples.isEmpty)
            for example in examples {
                described.insert(example.name)
                let body = try #require(example.value["value"])
                #expect(SchemaCheck.complaints(of: body, against: schema, in: document) == [])
                #expect(body["code"]?.string == example.name)
                if let code = AuthError.Code(rawValue: example.name) { #expect(response.name == "\(code.httpStatus)") }
            }
        }
        #expect(described.isSuperset(of: method.spec.errors.map(\.rawValue)))
        #expect(described.isSuperset(of: ["UNAVAILABLE", "STORAGE_UNAVAILABLE", "INTERNAL_ERROR"]))
        #expect(described.contains("UNSUPPORTED_MEDIA_TYPE") == (method.spec.rest?.body.isEmpty == false))
    }

    @Test(
        "A shape has a name and stands in one place, so that a generated client has one type for it", arguments: routed)
    func names(_ method: CatalogueMethod) throws {
        let operation = try operation(method)
        let content = try #require(operation.at("responses", "\(method.spec.rest?.status ?? 0)", "content"))
        let schema = try #require(content.at("application/json", "schema"))
        let reference = try #require((schema["items"] ?? schema)["$ref"]?.string)
        #expect(reference == "#/components/schemas/\(Self.replyNames[method.spec.name] ?? "")")
        #expect(document.resolving(["$ref": .string(reference)])["properties"] != nil)
        guard method.spec.rest?.body.isEmpty == false else { return }
        let body = try #require(operation.at("requestBody", "content", "application/json", "schema"))
        #expect(body["$ref"]?.string?.hasSuffix("Request") == true)
    }

    private static let replyNames = [
        "user.register": "UserResponse", "user.verify_email": "UserResponse", "user.get_current_user": "UserResponse",
        "auth.login": "TokenPair", "auth.refresh": "TokenPair", "auth.logout": "Message",
        "auth.logout_all": "LogoutAllReply", "user.resend_verification": "Message",
        "password.forgot_password": "Message", "password.reset_password": "Message",
        "password.change_password": "Message", "session.list": "SessionResponse", "session.revoke": "Message",
        "user.events": "EventResponse",
    ]

    @Test("Every reference leads somewhere")
    func references() {
        func check(_ value: JSON, at place: String) {
            if let reference = value["$ref"]?.string {
                #expect(document.resolving(value) != .null, "\(place): \(reference)")
            }
            for member in value.members { check(member.value, at: place + "/" + member.name) }
            for element in value.elements { check(element, at: place + "/[]") }
        }
        check(document, at: "#")
    }

    @Test("Addresses and new passwords are bounded as the service bounds them; a password to compare is not")
    func bounds() throws {
        func property(_ body: String, _ name: String) throws -> JSON {
            try #require(document.at("components", "schemas", body, "properties", name))
        }
        for body in ["RegisterRequest", "LoginRequest", "ForgotPasswordRequest", "ResendVerificationRequest"] {
            let email = try property(body, "email")
            // One that is looked for may be any text: what can be nobody's is answered as what is nobody's.
            let bound: JSON? = body == "RegisterRequest" ? 254 : nil
            #expect(email["format"] == "email" && email["maxLength"] == bound, "\(body)")
        }
        #expect(document.at("components", "schemas", "UserResponse", "properties", "email", "format") == "email")
        for (body, name) in [
            ("RegisterRequest", "password"), ("ResetPasswordRequest", "new_password"),
            ("ChangePasswordRequest", "new_password"),
        ] {
            let password = try property(body, name)
            #expect(password["minLength"] == 8 && password["maxLength"] == 128, "\(body)")
            #expect(password["format"] == "password")
            #expect(password["description"]?.string?.contains("most common passwords") == true)
        }
        for (body, name) in [("LoginRequest", "password"), ("ChangePasswordRequest", "current_password")] {
            let password = try property(body, name)
            #expect(password["minLength"] == nil && password["maxLength"] == nil, "\(body)")
        }
    }

    @Test("Every 401 asks for a token, every 429 and 503 says when, every 405 what is allowed", arguments: routed)
    func headers(_ method: CatalogueMethod) throws {
        for response in try operation(method)["responses"]?.members ?? [] {
            let wanted = ["401": "WWW-Authenticate", "405": "Allow", "429": "Retry-After", "503": "Retry-After"]
            guard let name = wanted[response.name] else { continue }
            #expect(document.resolving(response.value).at("headers", name) != nil, "\(response.name)")
        }
    }

    @Test("What any request can meet stands at every route", arguments: routed)
    func everywhere(_ method: CatalogueMethod) throws {
        let statuses = Set(try operation(method)["responses"]?.names ?? [])
        #expect(statuses.isSuperset(of: ["400", "403", "405", "408", "414", "429", "431", "500", "503", "504"]))
        #expect(statuses.contains("422") == (method.spec.rest?.verb != .get))
        let hasBody = method.spec.rest?.body.isEmpty == false
        #expect(statuses.contains("413") == hasBody && statuses.contains("415") == hasBody)
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
        #expect(Set(all).count == 17)
        #expect(all.count == 17)
    }
}
