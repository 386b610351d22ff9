import Foundation
import Testing

/// What browsers are told about pages of other origins.
@Suite("CORS")
struct CrossOriginTests {
    private func service(_ arguments: [String], _ settings: [String: String] = [:]) async throws -> HTTPService {
        try await HTTPService(try await Daemon(), arguments: arguments, settings: settings)
    }

    private func ask(
        _ service: HTTPService, _ line: String, _ fields: String = "", origin: String? = nil
    ) async throws -> HTTPAnswer {
        let origin = origin.map { "Origin: \($0)\r\n" } ?? ""
        return try await service.raw("\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(origin)\(fields)\r\n")
    }

    private static let wish = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n"

    private func allowances(_ answer: HTTPAnswer) -> [String] {
        answer.headers.map { $0.name.lowercased() }.filter { $0.hasPrefix("access-control-") }.sorted()
    }

    @Test("Nobody is let in unless it was said")
    func off() async throws {
        let service = try await service([])
        for line in ["OPTIONS /auth/login", "GET /healthz", "GET /auth/me", "GET /none"] {
            let answer = try await ask(service, line, Self.wish, origin: "https://app.example.org")
            #expect(allowances(answer).isEmpty && answer["Vary"] == nil, "\(line)")
        }
    }

    @Test(
        "A preflight of an allowed origin says what the route takes; any other says nothing",
        arguments: [
            ("https://app.example.org", "https://app.example.org"), ("http://localhost:3000", "http://localhost:3000"),
            ("capacitor://localhost", "capacitor://localhost"), ("http://[::1]:8081", "http://[::1]:8081"),
            ("https://app.example.org:443", nil), ("https://app.example.org.evil.example", nil),
            ("http://app.example.org", nil), ("https://example.org", nil), ("https://app.example.org/", nil),
            ("http://localhost:3001", nil), ("http://localhost", nil), ("HTTPS://APP.EXAMPLE.ORG", nil), ("null", nil),
            ("*", nil), ("https://app.example.org, https://app.example.org", nil), ("", nil),
        ] as [(String, String?)])
    func preflight(origin: String, allowed: String?) async throws {
        let service = try await service([
            "--cors-origin", "https://App.example.org:443,http://localhost:3000", "--cors-origin",
            "capacitor://localhost http://[::1]:8081",
        ])
        let answer = try await ask(service, "OPTIONS /auth/login", Self.wish, origin: origin)
        #expect(answer.status == 204 && answer["Vary"] == "Origin" && answer["Allow"] == "OPTIONS, POST")
        #expect(answer["Access-Control-Allow-Origin"] == allowed)
        #expect(answer["Access-Control-Allow-Credentials"] == nil)
        if allowed == nil {
            #expect(allowances(answer).isEmpty)
        } else {
            #expect(answer["Access-Control-Allow-Methods"] == "OPTIONS, POST")
            #expect(answer["Access-Control-Allow-Headers"] == "Authorization, Content-Type, Idempotency-Key")
            #expect(answer["Access-Control-Max-Age"] == "600")
        }
    }

    @Test("Every answer may be read, also one that refuses, and depends on the origin also where it is refused")
    func answers() async throws {
        let service = try await service(
            [], ["MVP_AUTH_HTTP_CORS_ORIGINS": "https://app.example.org, http://localhost:3000"])
        for (line, fields, status) in [
            ("GET /healthz", "", 200), ("GET /readyz", "", 200), ("HEAD /openapi.json", "Content-Length: 0\r\n", 200),
            ("GET /auth/me", "", 401), ("POST /auth/me", "", 405), ("BREW /auth/me", "", 501), ("GET /none", "", 404),
            ("POST /auth/login", "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 422),
            ("POST /auth/login", "Content-Type: application/json\r\nContent-Length: 999999\r\n", 413),
            ("OPTIONS /auth/me", "", 204), ("OPTIONS /auth/sessions/x", "", 204),
        ] {
            for (origin, allowed) in [
                ("https://app.example.org", "https://app.example.org"), ("https://evil.example", nil), (nil, nil),
            ] as [(String?, String?)] {
                // A body ends the request by itself.
                let wire = try WireSocket(port: service.port)
                let head = "\(line) HTTP/1.1\r\nHost: x\r\n" + (origin.map { "Origin: \($0)\r\n" } ?? "")
                try await wire.send(head + fields + (fields.hasSuffix("{}") ? "" : "\r\n"))
                let answer = try await HTTPService.answer(from: wire, hasBody: !line.hasPrefix("HEAD"))
                let name = "\(line) from \(origin ?? "nowhere")"
                #expect(answer.status == status, "\(name)")
                #expect(answer["Access-Control-Allow-Origin"] == allowed && answer["Vary"] == "Origin", "\(name)")
                #expect(
                    answer["Access-Control-Expose-Headers"]
                        == (allowed == nil ? nil : "WWW-Authenticate, Retry-After, X-Request-ID"), "\(name)")
                #expect(answer["Access-Control-Allow-Credentials"] == nil, "\(name)")
            }
        }
        let home = try await ask(service, "GET /", origin: "https://app.example.org")
        #expect(home["Vary"] == "Accept, Origin")
        let twice = try await ask(
            service, "GET /healthz", "Origin: http://localhost:3000\r\n", origin: "https://app.example.org")
        #expect(allowances(twice).isEmpty && twice["Vary"] == "Origin")
        let parameter = try await ask(
            service, "OPTIONS /auth/sessions/x", Self.wish, origin: "https://app.example.org")
        #expect(parameter["Access-Control-Allow-Methods"] == "DELETE, OPTIONS")
        let unknown = try await ask(service, "OPTIONS /none", Self.wish, origin: "https://app.example.org")
        #expect(unknown.status == 404 && unknown["Access-Control-Allow-Methods"] == nil)
    }

    @Test("Everybody is let in by the star, without credentials")
    func everybody() async throws {
        let service = try await service(["--cors-origin", "*"])
        for line in ["OPTIONS /auth/login", "GET /auth/me", "GET /healthz"] {
            let answer = try await ask(service, line, Self.wish, origin: "https://anywhere.example")
            #expect(answer["Access-Control-Allow-Origin"] == "*", "\(line)")
            #expect(answer["Access-Control-Allow-Credentials"] == nil, "\(line)")
        }
    }

    @Test(
        "A proxy's question is never answered as a preflight, whatever its spelling",
        arguments: ["/authz", "/authz/", "/authz?x=1", "http://x/authz"], ["*", "https://app.example.org"])
    func authorization(path: String, setting: String) async throws {
        let service = try await service(["--cors-origin", setting])
        let answer = try await ask(service, "OPTIONS \(path)", Self.wish, origin: "https://app.example.org")
        #expect(answer.status == 401 && allowances(answer).isEmpty && answer["Vary"] == nil)
    }

    @Test(
        "What is no origin ends the start with a sentence that says why",
        arguments: [
            ("https://app.example.org/", "ends in a slash"), ("https://app.example.org/app", "has a path"),
            ("https://*.example.org", "has a wildcard inside"), ("https://app.example.org:*", "has a wildcard inside"),
            ("*.example.org", "has no scheme"), ("app.example.org", "has no scheme"), ("null", "names nobody"),
            ("https://", "has no host"), ("https://:443", "has no valid host"), ("https://a b", "has no scheme"),
            ("https://app.example.org:", "has no port"), ("https://app.example.org:0", "has no port"),
            ("https://app.example.org:65536", "has no port"), ("https://app.example.org:+80", "has no port"),
            ("https://me@app.example.org", "has a user name"), ("https://app.example.org?x", "has no valid host"),
            ("https://app.example.org#x", "has no valid host"), ("https://bücher.example", "xn--"),
            ("//app.example.org", "has no scheme"), ("1a://app.example.org", "has no scheme of"),
            ("https://[::1", "has no valid host"), ("https://app.example.org,*", "stands for all"),
        ])
    func wrongOrigins(written: String, reason: String) async throws {
        let directory = try ScratchDirectory()
        for (arguments, settings) in [
            (["--cors-origin", written], [:]), ([], ["MVP_AUTH_HTTP_CORS_ORIGINS": written]),
        ] as [([String], [String: String])] {
            let process = try ChildProcess(
                Products.path("mvp-auth-http"),
                ["--listen", "127.0.0.1:0", "--socket", "unix:///nowhere/s"] + arguments,
                environment: settings, in: directory.path)
            #expect(await process.ended() == 78)
            #expect(process.errors.hasPrefix("mvp-auth-http: "), "\(process.errors)")
            #expect(process.errors.contains(reason), "\(process.errors)")
        }
    }

    @Test(
        "A browser lets the page of an allowed origin read every answer, and no other page any", .timeLimit(.minutes(3))
    )
    func browser() async throws {
        let port = try ProtectedSite.freePort()
        let service = try await service(["--cors-origin", "http://127.0.0.1:\(port)"])
        let process = try ChildProcess(
            "/usr/bin/env",
            [
                "python3", Products.source("Browser/cross_origin.py"), "\(port)", service.base, "127.0.0.1",
                "localhost",
            ],
            in: service.daemon.directory.path)
        #expect(await process.ended(within: 160) == 0, "\(process.errors)")
        let readable = [
            "401 INVALID_CREDENTIALS WWW-Authenticate X-Request-ID", "401 TOKEN_INVALID WWW-Authenticate X-Request-ID",
            "422 INVALID_PARAMS X-Request-ID", "TypeError",
        ].joined(separator: "; ")
        let nothing = "TypeError; TypeError; TypeError; TypeError"
        #expect(process.output == "127.0.0.1: \(readable)\nlocalhost: \(nothing)\n", "\(process.errors)")
    }
}
