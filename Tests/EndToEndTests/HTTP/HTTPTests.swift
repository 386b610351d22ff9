import Foundation
import MVPAuth
import StrictJSON
import Testing

/// The shim, request by request.
@Suite("The REST shim")
struct HTTPTests {
    private let credentials = #"{"email":"ada@example.org","password":"correct horse battery"}"#

    private func service(_ arguments: [String] = []) async throws -> HTTPService {
        try await HTTPService(try await Daemon(), arguments: arguments)
    }

    /// The access token of a new account.
    private func signedIn(_ service: HTTPService) async throws -> String {
        #expect(try await service.send("POST", "/auth/register", credentials).status == 201)
        let pair = try await service.send("POST", "/auth/login", credentials)
        return try #require(pair.json?["access_token"]?.string)
    }

    @Test("answers tokens and errors with headers that keep them private")
    func headers() async throws {
        let service = try await service()
        let token = try await signedIn(service)
        let pair = try await service.send("POST", "/auth/login", credentials)
        #expect(pair["Cache-Control"] == "no-store" && pair["X-Content-Type-Options"] == "nosniff")
        #expect(pair["Content-Type"] == "application/json; charset=utf-8")
        #expect(pair["Server"] == nil && pair["Access-Control-Allow-Origin"] == nil)
        let missing = try await service.send("GET", "/auth/me")
        #expect(missing.status == 401 && missing.code == "TOKEN_INVALID")
        #expect(missing["WWW-Authenticate"] == "Bearer realm=\"mvp-auth\"")
        let refused = try await service.send("GET", "/auth/me", token: "x.y.z")
        #expect(refused.status == 401 && refused["WWW-Authenticate"]?.contains("error=\"invalid_token\"") == true)
        #expect(try await service.send("GET", "/auth/me", token: token).status == 200)
    }

    @Test("wants one bearer token, spelled as one")
    func bearer() async throws {
        let service = try await service()
        let token = try await signedIn(service)
        func status(_ fields: String) async throws -> Int {
            try await service.raw("GET /auth/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(fields)\r\n").status
        }
        #expect(try await status("Authorization: bearer \(token)\r\n") == 200)
        for fields in [
            "Authorization: Bearer \(token)\r\nAuthorization: Bearer \(token)\r\n",
            "Authorization: Bearer \(token),x\r\n",
            "Authorization: Basic \(token)\r\n", "Authorization: \(token)\r\n",
            "Authorization: Bearer\r\n", "X_Authorization: Bearer \(token)\r\n",
        ] {
            #expect(try await status(fields) == 401, "\(fields)")
        }
    }

    @Test("sends the members of its row and no others")
    func smuggledMembers() async throws {
        let service = try await service()
        let token = try await signedIn(service)
        #expect(
            try await service.send(
                "POST", "/auth/register", #"{"email":"eve@example.org","password":"correct horse battery"}"#
            ).status == 201)
        let eve = try await service.send(
            "POST", "/auth/login",
            #"{"email":"eve@example.org","password":"correct horse battery","ip_address":"6.6.6.6","device_info":"forged","meta":{"timeout_ms":0},"access_token":"x","user_id":"y"}"#,
            headers: ["User-Agent": "honest"])
        #expect(eve.status == 200)
        let eveToken = try #require(eve.json?["access_token"]?.string)
        let session = try #require(try await service.send("GET", "/auth/sessions", token: eveToken).json?[0])
        #expect(session["device_info"] == "honest" && session["ip_address"] == "127.0.0.1")
        let victim = try #require(try await service.send("GET", "/auth/me", token: token).json?["id"]?.string)
        let body =
            "{\"user_id\":\"\(victim)\",\"access_token\":\"\(token)\",\"current_password\":\"x\",\"new_password\":\"a new long phrase\"}"
        #expect(try await service.send("POST", "/auth/change-password", body).status == 401)
        #expect(try await service.send("POST", "/auth/logout-all", body, token: eveToken).json?["revoked"] == 1)
        #expect(try await service.send("GET", "/auth/me", token: token).status == 200)
    }

    @Test("a body with a second call in it is one call")
    func lineSmuggling() async throws {
        let service = try await service()
        let second =
            #"{"jsonrpc":"2.0","id":1,"method":"user.register","params":["smuggled@example.org","correct horse battery"]}"#
        for body in [
            "{\n\"email\":\"ada@example.org\",\n\"password\":\"wrong\"\n}\n\(second)\n",
            "{\"email\":\"ada@example.org\",\"password\":\"wrong\\n\(second.replacingOccurrences(of: "\"", with: "\\\""))\\n\"}",
            "{\"email\":\n\n\"ada@example.org\u{2028}\(second.replacingOccurrences(of: "\"", with: "\\\""))\",\"password\":\"x\"}",
        ] {
            let answer = try await service.send("POST", "/auth/login", body)
            #expect([400, 401].contains(answer.status))
        }
        _ = try? await service.raw(
            "GET /auth/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer x\rnl\r\nUser-Agent: \(second)\r\n\r\n"
        )
        let login = try await service.send(
            "POST", "/auth/login", #"{"email":"smuggled@example.org","password":"correct horse battery"}"#)
        #expect(login.code == "INVALID_CREDENTIALS")
    }

    @Test("judges bodies as strictly as the socket")
    func bodies() async throws {
        let service = try await service()
        func answer(_ body: String, _ type: String = "application/json") async throws -> HTTPAnswer {
            try await service.send("POST", "/auth/login", body, headers: ["Content-Type": type])
        }
        for body in [
            "", "{", "{}x", "\u{FEFF}{}", "{\"email\":\"a\",}", "[1", "nul", "{\"email\":'a'}", "{\"a\":NaN}",
            "{\"a\":01}",
        ] {
            let refused = try await answer(body)
            #expect(refused.status == 400 && refused.code == "PARSE_ERROR", "\(body)")
        }
        for (body, field) in [
            (#"{"email":"a","email":"b","password":"c"}"#, "email"), (#"{"email":"a\u0000","password":"c"}"#, "email"),
            (#"{"email":"a\ud800","password":"c"}"#, "email"), (#"{"email":"a"}"#, "password"),
            (#"{"email":3,"password":"c"}"#, "email"), (#"{"email":["v@x.org","a@y.org"],"password":"c"}"#, "email"),
            (#"{"email":null,"password":"c"}"#, "email"), (#"{"email":1e400,"password":"c"}"#, "email"),
        ] {
            let refused = try await answer(body)
            guard case .array(let errors)? = refused.json?["errors"] else {
                Issue.record("\(body) names no field: \(refused.text)")
                continue
            }
            #expect(refused.status == 422 && errors.first?["field"] == .string(field), "\(body)")
        }
        #expect(try await answer("[]").status == 422)
        for type in [
            "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/json, text/plain",
        ] {
            #expect(try await answer(credentials, type).status == 415)
        }
        #expect(try await answer(credentials, "Application/JSON; charset=utf-8").status == 401)
        let zipped = try await service.send("POST", "/auth/login", credentials, headers: ["Content-Encoding": "gzip"])
        #expect(zipped.status == 415)
    }

    @Test("bounds what it takes")
    func sizes() async throws {
        let service = try await service()
        let fits = "{\"email\":\"a\",\"password\":\"" + String(repeating: "x", count: 16_000) + "\"}"
        #expect(try await service.send("POST", "/auth/login", fits).status == 401)
        let large = "{\"email\":\"a\",\"password\":\"" + String(repeating: "x", count: 17_000) + "\"}"
        #expect(try await service.send("POST", "/auth/login", large).status == 413)
        let chunked =
            "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + String(large.utf8.count, radix: 16) + "\r\n\(large)\r\n0\r\n\r\n"
        #expect(try await service.raw(chunked).status == 413)
        #expect(try await service.send("GET", "/auth/" + String(repeating: "x", count: 9000)).status == 414)
        let cookies = try await service.send(
            "GET", "/healthz", headers: ["Cookie": String(repeating: "x", count: 30_000)])
        #expect(cookies.status == 200)
        let header = try await service.send(
            "GET", "/auth/me", headers: ["X-Long": String(repeating: "x", count: 40_000)])
        #expect(header.status == 431 && header.code == "HEADER_FIELDS_TOO_LARGE")
        let many = Dictionary(uniqueKeysWithValues: (0..<200).map { ("X-\($0)", "y") })
        #expect(try await service.send("GET", "/auth/me", headers: many).status == 431)
        #expect(try await service.send("GET", "/healthz").status == 200)
    }

    @Test(
        "refuses ambiguous framing",
        arguments: [
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Content-Length: +5\r\n", "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
            "X-Folded: a\r\n b\r\nContent-Length: -1\r\n", "X: \u{0}\r\nContent-Length: 5\r\n",
        ])
    func framing(fields: String) async throws {
        let service = try await service()
        let wire = try WireSocket(port: service.port)
        let inner = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        try await wire.send(
            "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\(fields)\r\n0\r\n\r\n\(inner)")
        wire.finish()
        let answers = String(decoding: await wire.rest(), as: UTF8.self)
        #expect(answers.hasPrefix("HTTP/1.1 4"), "\(answers.prefix(60))")
        #expect(!answers.contains("200 OK"), "the rest was taken for a second request")
    }

    @Test("reaches a route by its own spelling only")
    func spellings() async throws {
        let service = try await service()
        for path in [
            "//auth/me", "/auth//me", "/auth/%6de", "/auth/me//", "/auth/me;x", "/auth/../auth/me", "/AUTH/me",
            "/auth/me%2f", "/auth/./me",
        ] {
            let answer = try await service.send("GET", path)
            #expect(answer.status == 404 && answer.code == "NOT_FOUND", "\(path): \(answer.status)")
        }
        for (verb, path, allow) in [
            ("PUT", "/auth/me", "GET, HEAD, OPTIONS"), ("GET", "/auth/login", "OPTIONS, POST"),
            ("HEAD", "/auth/verify-email", "OPTIONS, POST"), ("TRACE", "/auth/me", "GET, HEAD, OPTIONS"),
            ("POST", "/auth/sessions/x", "DELETE, OPTIONS"),
        ] {
            let wire = try WireSocket(port: service.port)
            try await wire.send("\(verb) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = String(decoding: await wire.rest(), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 405") && text.contains("Allow: \(allow)\r\n"), "\(verb) \(path)")
        }
        let overridden = try await service.send("POST", "/auth/me", "{}", headers: ["X-HTTP-Method-Override": "GET"])
        #expect(overridden.status == 405)
    }

    @Test("believes a forwarded address from trusted proxies only, from right to left")
    func addresses() async throws {
        let trusting = try await service(["--trusted-proxy", "127.0.0.0/8", "--trusted-proxy", "10.0.0.0/8"])
        _ = try await signedIn(trusting)
        func seen(_ forwarded: String) async throws -> JSON? {
            let pair = try await trusting.send(
                "POST", "/auth/login", credentials, headers: ["X-Forwarded-For": forwarded])
            let token = try #require(pair.json?["access_token"]?.string)
            guard case .array(let sessions)? = try await trusting.send("GET", "/auth/sessions", token: token).json
            else {
                return nil
            }
            return sessions.first { $0["current"] == true }?["ip_address"]
        }
        #expect(try await seen("6.6.6.6, 192.0.2.7, 10.1.2.3") == "192.0.2.7")
        #expect(try await seen("::ffff:192.0.2.7") == "192.0.2.7")
        #expect(try await seen("[2001:db8::1]:443, 10.0.0.1") == "2001:db8::1")
        #expect(try await seen("unknown") == .null)
        #expect(try await seen("fe80::1%eth0") == .null)
        #expect(try await seen("10.0.0.2") == "127.0.0.1")
        let doubting = try await service()
        let token = try await signedIn(doubting)
        _ = token
        let pair = try await doubting.send("POST", "/auth/login", credentials, headers: ["X-Forwarded-For": "6.6.6.6"])
        let other = try #require(pair.json?["access_token"]?.string)
        #expect(try await doubting.send("GET", "/auth/sessions", token: other).json?[0]?["ip_address"] == "127.0.0.1")
    }

    @Test("serves the groups that were chosen")
    func groups() async throws {
        let core = try await service([
            "--include", "core,password", "--exclude", "password", "--prefix", "/v1/accounts",
        ])
        #expect(try await core.send("POST", "/v1/accounts/login", credentials).status == 401)
        #expect(try await core.send("POST", "/v1/accounts/forgot-password", credentials).status == 404)
        #expect(try await core.send("GET", "/v1/accounts/sessions").status == 404)
        #expect(try await core.send("POST", "/auth/login", credentials).status == 404)
        let document = try #require(try await core.send("GET", "/openapi.json").json)
        #expect(document["paths"]?["/v1/accounts/login"] != nil)
        #expect(document["paths"]?["/v1/accounts/sessions"] == nil)
    }

    @Test(
        "does not start on options that make no sense, and says why in one sentence",
        arguments: [
            (["--include", "core,nonsense"], "There is no route or group of routes \"nonsense\""),
            (["--include", ""], "No route is selected"),
            (["--exclude", "core,verify,password,sessions"], "No route is selected"),
            (["--prefix", "auth"], "The prefix \"auth\" must be"),
            (["--listen", "8080"], "The address \"8080\" must be"),
            (["--listen", "127.0.0.1:99999"], "The address \"127.0.0.1:99999\" must be"),
            (["--trusted-proxy", "10.0.0.0/99"], "The proxy range \"10.0.0.0/99\" must be"),
        ])
    func refusals(arguments: [String], sentence: String) async throws {
        let directory = try ScratchDirectory()
        let process = try ChildProcess(Products.path("mvp-auth-http"), arguments, in: directory.path)
        #expect(await process.ended() == 78)
        #expect(process.errors.hasPrefix("mvp-auth-http: " + sentence))
        #expect(process.errors.split(separator: "\n").count == 1)
    }

    @Test("answers 503 while the daemon is away, and recovers by itself")
    func daemonAway() async throws {
        let directory = try ScratchDirectory()
        var daemon: Daemon? = try await Daemon(in: directory)
        let service = try await HTTPService(try #require(daemon))
        #expect(try await service.send("GET", "/readyz").status == 200)
        let token = try await signedIn(service)
        await daemon?.stop()
        daemon = nil
        let away = try await service.send("GET", "/auth/me", token: token)
        #expect(away.status == 503 && away.code == "UNAVAILABLE" && away["Retry-After"] != nil)
        #expect(try await service.send("GET", "/readyz").status == 503)
        #expect(try await service.send("GET", "/authz", token: token).status == 503)
        #expect(try await service.send("GET", "/healthz").status == 200)
        let back = try await Daemon(in: directory)
        #expect(try await service.send("GET", "/auth/me", token: token).status == 200)
        _ = back
    }

    @Test("says to proxies who holds a token, and never yes on doubt")
    func authorization() async throws {
        let service = try await service()
        let token = try await signedIn(service)
        let live = try await service.send(
            "POST", "/authz", "ignored", token: token, headers: ["X-Original-URI": "/auth/../x"])
        let user = try await service.send("GET", "/auth/me", token: token).json?["id"]?.string
        #expect(live.status == 200 && live["X-Auth-User"] == user)
        #expect(live["X-Auth-Session"] != nil)
        #expect(try await service.send("GET", "/authz").status == 401)
        _ = try await service.send("POST", "/auth/logout", token: token)
        #expect(try await service.send("GET", "/authz", token: token).status == 401)
    }

    @Test("a refresh repeated under its key gets the same pair")
    func idempotency() async throws {
        let service = try await service()
        _ = try await signedIn(service)
        let pair = try await service.send("POST", "/auth/login", credentials).json
        let body = "{\"refresh_token\":\"\(try #require(pair?["refresh_token"]?.string))\"}"
        let key = ["Idempotency-Key": "0123456789abcdef"]
        let first = try await service.send("POST", "/auth/refresh", body, headers: key)
        let again = try await service.send("POST", "/auth/refresh", body, headers: key)
        #expect(first.status == 200 && again.status == 200 && first.body == again.body)
        #expect(
            try await service.send("POST", "/auth/refresh", body, headers: ["Idempotency-Key": "short"]).status == 422)
        let theft = try await service.send(
            "POST", "/auth/refresh", body, headers: ["Idempotency-Key": "fedcba9876543210"])
        #expect(theft.status == 401 && theft.code == "TOKEN_REUSE")
    }

    @Test("shows a page that a browser can use", .timeLimit(.minutes(2)))
    func docsPage() async throws {
        let service = try await service()
        let page = try await service.send("GET", "/docs")
        #expect(page.status == 200 && page["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
        let browser = try ChildProcess(
            "/usr/bin/env",
            [
                "python3", Products.source("Browser/docs_page.py"), service.base, "browser@example.org",
                "a long enough phrase",
            ],
            in: service.daemon.directory.path)
        let status = await browser.ended(within: 100)
        #expect(status == 0, "\(browser.output)\(browser.errors)")
    }
}
