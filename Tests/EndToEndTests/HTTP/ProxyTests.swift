import Foundation
import Testing

/// The files of `Examples/`, run as they are with other addresses.
@Suite(
    "The examples for proxies in front",
    .enabled(if: ProtectedSite.Proxy.areInstalled, "nginx and caddy are not installed"))
struct ProxyTests {
    private let credentials = #"{"email":"ada@example.org","password":"correct horse battery"}"#

    private func signIn(_ site: ProtectedSite) async throws -> (user: String, token: String) {
        let account = try await site.send("POST", "/auth/register", credentials)
        #expect(account.status == 201, "\(account.text)")
        let pair = try await site.send("POST", "/auth/login", credentials)
        return (try #require(account.json?["id"]?.string), try #require(pair.json?["access_token"]?.string))
    }

    /// What the app was sent under names that some apps take for one.
    private func seen(_ answer: HTTPAnswer, _ name: String) -> [String] {
        guard case .array(let headers)? = answer.json?["headers"] else { return [] }
        return headers.compactMap { header in
            guard case .array(let pair) = header, pair.count == 2, let field = pair[0].string else { return nil }
            return field.lowercased().replacingOccurrences(of: "_", with: "-") == name ? pair[1].string : nil
        }
    }

    private func isRefused(_ answer: HTTPAnswer, _ code: String, _ name: String) {
        #expect(answer.status == 401 && answer.code == code, "\(name): \(answer.status) \(answer.text)")
        #expect(answer["Content-Type"] == "application/json; charset=utf-8", "\(name)")
        let challenges = answer.headers.filter { $0.name.lowercased() == "www-authenticate" }
        #expect(challenges.count == 1 && challenges[0].value.hasPrefix("Bearer "), "\(name): \(challenges)")
    }

    @Test("Only a living token reaches the app, which is told whose it is", arguments: ProtectedSite.Proxy.allCases)
    func protection(proxy: ProtectedSite.Proxy) async throws {
        let site = try await ProtectedSite(proxy)
        for path in ["/", "/app?x=1", "/auth", "/authz", "/healthz", "/auth/../app", "/auth/%2e%2e/app"] {
            // A path that is put right by a redirect has not come to the app either.
            let answer = try await site.send("GET", path)
            if answer.status / 100 != 3 { isRefused(answer, "TOKEN_INVALID", path) }
        }
        isRefused(try await site.send("POST", "/app", "{}"), "TOKEN_INVALID", "a body")
        isRefused(try await site.send("GET", "/app", token: "x.y.z"), "TOKEN_INVALID", "a bad token")
        let (user, token) = try await signIn(site)
        let plain = try await site.send("GET", "/app", token: token)
        #expect(plain.status == 200 && seen(plain, "x-auth-user") == [user], "\(plain.text)")
        #expect(seen(plain, "x-auth-session").count == 1)
        let sessions = try await site.send("GET", "/auth/sessions", token: token)
        #expect(sessions.text.contains(#""ip_address":"127.0.0.1""#), "\(sessions.text)")
        #expect(try await site.send("POST", "/auth/logout", token: token).status == 200)
        isRefused(try await site.send("GET", "/app", token: token), "TOKEN_REVOKED", "signed out")
    }

    @Test("What a client says of itself never reaches the app", arguments: ProtectedSite.Proxy.allCases)
    func claims(proxy: ProtectedSite.Proxy) async throws {
        let site = try await ProtectedSite(proxy)
        let (user, token) = try await signIn(site)
        let names = [
            "X-Auth-User", "x-auth-user", "X-AUTH-USER", "X_Auth_User", "x_auth-user", "X-Auth_User", "X-Auth-Session",
            "X_AUTH_SESSION", "X-Auth_Session", "x_auth-session",
        ]
        for claimed in names.map({ [$0] }) + [names, names + names] {
            let fields = claimed.map { "\($0): mallory\r\n" }.joined()
            let head = "Host: localhost\r\nConnection: close\r\n\(fields)X-Forwarded-For: 192.0.2.66\r\n"
            let answer = try await site.raw("GET /app HTTP/1.1\r\n\(head)Authorization: Bearer \(token)\r\n\r\n")
            #expect(answer.status == 200 && !answer.text.contains("mallory"), "\(claimed): \(answer.text)")
            #expect(seen(answer, "x-auth-user") == [user] && seen(answer, "x-auth-session").count == 1)
            #expect(seen(answer, "x-forwarded-for") == ["127.0.0.1"], "\(answer.text)")
            isRefused(try await site.raw("GET /app HTTP/1.1\r\n\(head)\r\n"), "TOKEN_INVALID", "\(claimed)")
        }
        // A connection header that names it must not take it away either.
        let dropped = try await site.raw(
            """
            GET /app HTTP/1.1\r\nHost: x\r\nConnection: close, X-Auth-User\r\nX-Auth-User: mallory\r\n\
            Authorization: Bearer \(token)\r\n\r\n
            """)
        #expect(dropped.status == 200 && !dropped.text.contains("mallory"), "\(dropped.text)")
    }

    @Test(
        "Requests of one connection are each asked about, with bodies and offers to change the protocol",
        arguments: ProtectedSite.Proxy.allCases)
    func keptConnection(proxy: ProtectedSite.Proxy) async throws {
        let site = try await ProtectedSite(proxy)
        let (_, token) = try await signIn(site)
        let wire = try WireSocket(port: site.port)
        let bearer = "Authorization: Bearer \(token)\r\n"
        let upgrade =
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        let long = String(repeating: "b", count: 60_000)
        for round in 1...3 {
            for (line, fields, body, status) in [
                ("GET /a", bearer, "", 200), ("POST /b", bearer + "Content-Length: 5\r\n", "hello", 200),
                ("GET /c", "", "", 401), ("POST /d", bearer + "Content-Length: 60000\r\n", long, 200),
                ("POST /e", "Content-Length: 5\r\n", "hello", 401), ("GET /f", bearer + upgrade, "", 200),
                ("GET /g", bearer, "", 200), ("GET /h", upgrade, "", 401), ("GET /auth/me", bearer, "", 200),
            ] {
                try await wire.send("\(line) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n\(body)")
                let answer = try await HTTPService.answer(from: wire)
                #expect(answer.status == status, "\(line), round \(round): \(answer.text.prefix(200))")
                if status == 200, line != "GET /auth/me" {
                    #expect(answer.json?["line"]?.string == line && answer.json?["body"]?.string == body, "\(line)")
                }
            }
        }
    }

    @Test("Without the daemon, and without the shim, nobody is let in", arguments: ProtectedSite.Proxy.allCases)
    func outage(proxy: ProtectedSite.Proxy) async throws {
        let site = try await ProtectedSite(proxy)
        let (_, token) = try await signIn(site)
        #expect(try await site.send("GET", "/app", token: token).status == 200)
        await site.daemon.stop()
        let answer = try await site.send("GET", "/app", token: token)
        #expect(answer.status == 503 && answer.code == "UNAVAILABLE" && answer["Retry-After"] != nil, "\(answer.text)")
        site.shim.send(SIGTERM)
        #expect(await site.shim.ended() == 0)
        let nobody = try await site.send("GET", "/app", token: token)
        #expect(nobody.status >= 500 && nobody.json?["line"] == nil, "\(nobody.text)")
    }

    @Test("nginx slows down whoever tries many passwords, and nobody else")
    func guesses() async throws {
        let site = try await ProtectedSite(.nginx)
        let (_, token) = try await signIn(site)
        var statuses: [Int] = []
        for _ in 0..<60 {
            let wrong = #"{"email":"bob@example.org","password":"no such battery"}"#
            let answer = try await site.send("POST", "/auth/login", wrong)
            statuses.append(answer.status)
            if answer.status == 429 { #expect(answer.code == "RATE_LIMITED" && answer["Retry-After"] != nil) }
        }
        #expect(statuses.first == 401 && statuses.contains(429), "\(statuses)")
        #expect(try await site.send("GET", "/auth/me", token: token).status == 200)
        #expect(try await site.send("GET", "/app", token: token).status == 200)
    }

    /// Debian has no Traefik to run.
    @Test("The file for Traefik says what the others do")
    func traefik() async throws {
        let script = """
            import sys, yaml
            rules = yaml.safe_load(open(sys.argv[1] + "/dynamic.yml"))["http"]
            static = yaml.safe_load(open(sys.argv[1] + "/traefik.yml"))
            ask = rules["middlewares"]["signed-in"]["forwardAuth"]
            assert ask["address"] == "http://127.0.0.1:8080/authz" and ask["trustForwardHeader"] is False, ask
            assert ask["authResponseHeaders"] == ["X-Auth-User", "X-Auth-Session"], ask
            claims = rules["middlewares"]["no-claims"]["headers"]["customRequestHeaders"]
            wanted = {f"X{a}Auth{b}{c}" for a in "-_" for b in "-_" for c in ("User", "Session")}
            assert set(claims) == wanted and set(claims.values()) == {""}, claims
            routers = rules["routers"]
            assert routers["app"]["middlewares"] == ["no-claims", "signed-in"], routers
            for router in routers.values():
                assert router["service"] in rules["services"], router
                assert set(router.get("middlewares", [])) <= set(rules["middlewares"]), router
            open_routes = {name for name, r in routers.items() if "signed-in" not in r.get("middlewares", [])}
            assert all(routers[name]["service"] == "mvp-auth" and "/auth/" in routers[name]["rule"] for name in open_routes)
            assert "forwardedHeaders" not in static["entryPoints"]["web"], static
            print("as expected")
            """
        let directory = try ScratchDirectory()
        let process = try ChildProcess(
            "/usr/bin/python3", ["-c", script, Products.source("../../Examples/traefik")], in: directory.path)
        #expect(await process.ended() == 0 && process.output == "as expected\n", "\(process.errors)")
    }
}
