import Foundation
import MVPAuth
import StrictJSON
import Testing

/// What the routes say, word for word.
@Suite("The REST routes")
struct RouteTests {
    private let credentials = #"{"email":"ada@example.org","password":"correct horse battery"}"#
    private let plain = "Bearer realm=\"mvp-auth\""
    private let dead = "Bearer realm=\"mvp-auth\", error=\"invalid_token\""

    private func service(_ arguments: [String] = []) async throws -> HTTPService {
        try await HTTPService(try await Daemon(), arguments: arguments)
    }

    /// The tokens of a new account.
    private func signedIn(_ service: HTTPService) async throws -> (access: String, refresh: String) {
        #expect(try await service.send("POST", "/auth/register", credentials).status == 201)
        let pair = try #require(try await service.send("POST", "/auth/login", credentials).json)
        return (try #require(pair["access_token"]?.string), try #require(pair["refresh_token"]?.string))
    }

    @Test("every 401 says how to sign in, and blames a token only where one was presented")
    func challenges() async throws {
        let service = try await service()
        let (access, refresh) = try await signedIn(service)
        let wrong = #"{"email":"ada@example.org","password":"wrong"}"#
        let change = #"{"current_password":"wrong","new_password":"another long phrase"}"#
        for (verb, path, body, token, challenge) in [
            ("POST", "/auth/login", wrong, nil, plain), ("POST", "/auth/login", wrong, "x.y.z", plain),
            ("POST", "/auth/refresh", #"{"refresh_token":"x.y.z"}"#, nil, plain),
            ("POST", "/auth/refresh", "{\"refresh_token\":\"\(access)\"}", nil, plain),
            ("POST", "/auth/change-password", change, nil, plain),
            ("POST", "/auth/change-password", change, access, plain),
            ("POST", "/auth/change-password", change, "x.y.z", dead),
            ("POST", "/auth/change-password", change, refresh, dead),
            ("GET", "/auth/me", nil, nil, plain), ("GET", "/auth/me", nil, "x.y.z", dead),
            ("GET", "/auth/sessions", nil, refresh, dead), ("POST", "/auth/logout-all", nil, "x", dead),
            ("DELETE", "/auth/sessions/c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69", nil, "x", dead),
            ("POST", "/auth/logout", nil, nil, plain), ("POST", "/auth/logout", nil, "x.y.z", dead),
            ("POST", "/auth/logout", #"{"refresh_token":"x.y.z"}"#, nil, plain),
            ("POST", "/auth/logout", #"{"refresh_token":"x.y.z"}"#, access, plain),
            ("POST", "/auth/change-password", "{", nil, plain),
            ("GET", "/authz", nil, nil, plain), ("GET", "/authz", nil, "x.y.z", dead),
            ("GET", "/auth/me", nil, String(repeating: "x", count: 8193), plain),
        ] as [(String, String, String?, String?, String)] {
            let answer = try await service.send(verb, path, body, token: token)
            #expect(answer.status == 401, "\(verb) \(path) \(token ?? "")")
            #expect(answer.headers.filter { $0.name.lowercased() == "www-authenticate" }.map(\.value) == [challenge])
        }
    }

    @Test("a bearer token may stand after several spaces, and the scheme in letters of either case")
    func bearer() async throws {
        let service = try await service()
        let (access, _) = try await signedIn(service)
        func status(_ value: String) async throws -> Int {
            try await service.raw(
                "GET /auth/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: \(value)\r\n\r\n"
            ).status
        }
        for value in ["Bearer  \(access)", "BEARER     \(access)", "bEaReR \(access)", "Bearer \(access) \t "] {
            #expect(try await status(value) == 200, "\(value.prefix(12))")
        }
        for value in [
            "Bearer", "Bearer ", "Bearer\(access)", "Bearer\t\(access)", "Bearer \(access) \(access)",
            "Bearer =\(access)", "Bearer \(access)=x", "Bearer \"\(access)\"", "Bearer, \(access)", "Token \(access)",
            "Bearers \(access)", "Bearer realm=\"x\"", "Bearer \(access)\u{e9}",
        ] {
            #expect(try await status(value) == 401, "\(value.prefix(12))")
        }
    }

    @Test("identifiers are taken in capitals and answered in lower case")
    func capitals() async throws {
        let service = try await service()
        let (access, _) = try await signedIn(service)
        _ = try await service.send("POST", "/auth/login", credentials)
        let sessions = try #require(try await service.send("GET", "/auth/sessions", token: access).json)
        let other = try #require([sessions[0], sessions[1]].first { $0?["current"] == false })
        let id = try #require(other?["id"]?.string)
        #expect(id == id.lowercased())
        let revoked = try await service.send("DELETE", "/auth/sessions/\(id.uppercased())", token: access)
        #expect(revoked.status == 200)
        guard case .array(let left)? = try await service.send("GET", "/auth/sessions", token: access).json else {
            Issue.record("no list of sessions")
            return
        }
        #expect(left.count == 1 && left.first?["id"]?.string != id)
    }

    @Test("a slash after a path changes nothing, a second one does")
    func trailingSlash() async throws {
        let service = try await service()
        let (access, _) = try await signedIn(service)
        for (verb, path, body, status) in [
            ("GET", "/auth/me/", nil, 200), ("POST", "/auth/login/", credentials, 200),
            ("GET", "/auth/sessions/", nil, 200), ("GET", "/healthz/", nil, 200), ("GET", "/readyz/", nil, 200),
            ("GET", "/openapi.json/", nil, 200), ("GET", "/authz/", nil, 200), ("GET", "/auth/me/?x=1", nil, 200),
            ("DELETE", "/auth/sessions/c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69/", nil, 404),
            ("GET", "/auth/login/", nil, 405), ("DELETE", "/auth/sessions/", nil, 405),
            ("GET", "/auth/me//", nil, 404), ("GET", "//auth/me", nil, 404), ("GET", "/auth/", nil, 404),
            ("GET", "/auth/sessions//", nil, 404), ("GET", "/healthz//", nil, 404),
        ] as [(String, String, String?, Int)] {
            let answer = try await service.send(verb, path, body, token: access)
            #expect(answer.status == status, "\(verb) \(path): \(answer.text.prefix(80))")
        }
        let missing = try await service.send(
            "DELETE", "/auth/sessions/c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69/", token: access)
        #expect(missing.code == "SESSION_NOT_FOUND")
        let page = try await service.send("GET", "/docs/")
        #expect(page.status == 308 && page["Location"] == "../docs")
    }

    @Test("errors name the words of the route, not the params of the method behind it")
    func words() async throws {
        let service = try await service()
        let (access, refresh) = try await signedIn(service)
        func blamed(
            _ verb: String, _ path: String, _ body: String? = nil, _ headers: [String: String] = [:]
        ) async throws -> [String] {
            let answer = try await service.send(verb, path, body, token: access, headers: headers)
            #expect(answer.status == 422 && answer.code == "INVALID_PARAMS", "\(verb) \(path): \(answer.text)")
            #expect(answer.json?["detail"]?.string?.contains("params") == false)
            guard case .array(let errors)? = answer.json?["errors"] else { return [] }
            let fields = errors.compactMap { $0["field"]?.string }
            for field in fields {
                #expect(answer.json?["detail"]?.string?.contains(field) == true, "the sentence names \(field)")
            }
            return fields
        }
        #expect(try await blamed("DELETE", "/auth/sessions/12") == ["id"])
        #expect(try await blamed("DELETE", "/auth/sessions/%00") == ["id"])
        let key = ["Idempotency-Key": "short"]
        #expect(try await blamed("POST", "/auth/logout-all", nil, key) == ["Idempotency-Key"])
        #expect(try await blamed("POST", "/auth/login", credentials, key) == ["Idempotency-Key"])
        let used = ["Idempotency-Key": "0123456789abcdef"]
        _ = try await service.send("POST", "/auth/forgot-password", #"{"email":"a@example.org"}"#, headers: used)
        #expect(
            try await blamed("POST", "/auth/forgot-password", #"{"email":"b@example.org"}"#, used)
                == ["Idempotency-Key"])
        #expect(try await blamed("POST", "/auth/login", "{}").sorted() == ["email", "password"])
        #expect(try await blamed("POST", "/auth/refresh", "{}") == ["refresh_token"])
        #expect(try await blamed("POST", "/auth/refresh", #"{"refresh_token":{}}"#) == ["refresh_token"])
        #expect(try await blamed("POST", "/auth/change-password", #"{"new_password":1}"#).contains("current_password"))
        let weak = "{\"current_password\":\"correct horse battery\",\"new_password\":\"short\"}"
        let answer = try await service.send("POST", "/auth/change-password", weak, token: access)
        #expect(answer.code == "PASSWORD_VALIDATION" && answer.json?["errors"]?[0]?["field"] == "new_password")
        _ = refresh
    }

    @Test("what a body holds besides is ignored, whatever it is; what is read is judged")
    func otherMembers() async throws {
        let service = try await service()
        _ = try await signedIn(service)
        func status(_ more: String) async throws -> Int {
            try await service.send("POST", "/auth/login", credentials.dropLast() + "," + more + "}").status
        }
        for more in [
            #""x":"\u0000""#, #""x":{"y":["\ud800"]}"#, #""x\u0000":1"#, #""x":1e400"#, #""email2":null"#,
        ] {
            #expect(try await status(more) == 200, "\(more)")
        }
        for more in [#""email":"eve@example.org""#, #""em\u0061il":"x""#, #""x":1,"x":2"#, #""x":{"y":1,"y":2}"#] {
            #expect(try await status(more) == 422, "\(more)")
        }
        #expect(try await status(#""x":nul"#) == 400)
        let nul = try await service.send("POST", "/auth/login", #"{"email":"a\u0000","password":"c","x":"\u0000"}"#)
        #expect(nul.status == 422 && nul.json?["errors"]?[0]?["field"] == "email")
    }

    @Test("what is no route is 404 and what is no verb of one is 405 with Allow, both as JSON")
    func unknown() async throws {
        let service = try await service()
        for path in [
            "/nothing", "/auth", "/auth/nothing", "/auth/sessions/a/b", "/docs/x", "/openapi", "/%6fpenapi.json",
        ] {
            let answer = try await service.send("GET", path)
            #expect(answer.status == 404 && answer.code == "NOT_FOUND", "\(path)")
            #expect(answer["Content-Type"] == "application/json; charset=utf-8")
        }
        for (verb, path, allow) in [
            ("PUT", "/auth/me", "GET"), ("DELETE", "/auth/login", "POST"), ("PATCH", "/auth/sessions/x", "DELETE"),
            ("POST", "/docs", "GET"), ("POST", "/healthz", "GET"), ("DELETE", "/openapi.json", "GET"),
            ("POST", "/", "GET"),
        ] {
            let answer = try await service.send(verb, path)
            #expect(answer.status == 405 && answer.code == "METHOD_NOT_ALLOWED", "\(verb) \(path)")
            #expect(answer["Allow"]?.contains(allow) == true && answer.json?["detail"]?.string?.contains(allow) == true)
        }
    }

    /// What is asked for at the address itself, and what is given.
    private static let homes: [(accept: String?, type: String)] = [
        (nil, "text/html"), ("*/*", "text/html"), ("text/html", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/html, application/json;q=0.9", "text/html"), ("text/*;q=0.5, */*;q=0.1", "text/html"),
        ("application/json", "application/json"), ("Application/JSON ; q=0.5", "application/json"),
        ("application/json, text/plain, */*", "application/json"), ("application/*", "application/json"),
        ("application/problem+json", "application/json"),
        ("text/html;q=0.2, application/json;q=0.9", "application/json"),
        ("application/json;q=0, */*", "text/html"), ("text/html;q=0.001, */*;q=0.002", "application/json"),
        ("nonsense;;q=,,", "text/html"),
    ]

    @Test("the address itself is a page for people and JSON for programs")
    func home() async throws {
        let service = try await service()
        for (accept, type) in Self.homes {
            let answer = try await service.send("GET", "/", headers: accept.map { ["Accept": $0] } ?? [:])
            #expect(answer.status == 200 && answer["Content-Type"] == type + "; charset=utf-8", "\(accept ?? "none")")
            #expect(answer["Vary"] == "Accept")
            for link in ["docs", "openapi.json", "healthz", "readyz", "/auth/"] { #expect(answer.text.contains(link)) }
            if type == "application/json" {
                for name in ["docs", "openapi", "health", "readiness"] {
                    let path = try #require(answer.json?[name]?.string)
                    #expect(try await service.send("GET", path).status == 200, "\(path)")
                }
            } else {
                #expect(answer["Content-Security-Policy"]?.hasPrefix("default-src 'none'; style-src 'sha256-") == true)
            }
        }
    }

    @Test("single routes are served or left out, and the document has exactly those")
    func selection() async throws {
        let service = try await service([
            "--include", "core,change_password,session_management", "--exclude", "me,logout-all",
        ])
        let document = try #require(try await service.send("GET", "/openapi.json").json)
        for (verb, path, isServed) in [
            ("POST", "/auth/login", true), ("POST", "/auth/change-password", true), ("GET", "/auth/sessions", true),
            ("DELETE", "/auth/sessions/{id}", true), ("GET", "/auth/me", false), ("POST", "/auth/logout-all", false),
            ("POST", "/auth/forgot-password", false), ("POST", "/auth/verify-email", false),
        ] {
            #expect((document["paths"]?[path]?[verb.lowercased()] != nil) == isServed, "\(path)")
            let answer = try await service.send(verb, path.replacingOccurrences(of: "{id}", with: "x"))
            #expect((answer.status == 404) == !isServed, "\(path): \(answer.status)")
        }
    }

    @Test(
        "a name that is no route is refused with the known names and the nearest",
        arguments: [
            (["--include", "core,chnage_password"], "chnage_password", "change_password"),
            (["--exclude", "logout,verfy"], "verfy", "verify"),
        ])
    func unknownNames(_ arguments: [String], _ name: String, _ nearest: String) async throws {
        let directory = try ScratchDirectory()
        let process = try ChildProcess(Products.path("mvp-auth-http"), arguments, in: directory.path)
        #expect(await process.ended() == 78)
        for part in ["\"\(name)\"", "Did you mean \"\(nearest)\"?", "session_management", "revoke_session"] {
            #expect(process.errors.contains(part), "\(part)")
        }
        #expect(process.errors.split(separator: "\n").count == 1)
    }
}
