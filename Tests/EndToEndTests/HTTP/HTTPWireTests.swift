import Foundation
import Testing

/// Requests as their bytes, and what has to come back (RFC 9110, RFC 9112).
@Suite("HTTP on the wire")
struct HTTPWireTests {
    /// What follows on the connection.
    enum Ending {
        case goesOn, closes
    }

    struct Case {
        let request: String
        let status: Int
        let ending: Ending
        /// Lines of the answer's head, without their end.
        var fields: [String] = []
        var hasBody = true

        init(_ request: String, _ status: Int, _ ending: Ending, _ fields: [String] = [], hasBody: Bool = true) {
            (self.request, self.status, self.ending, self.fields, self.hasBody) =
                (request, status, ending, fields, hasBody)
        }
    }

    private static let host = "Host: x\r\n"
    private static let health = "GET /healthz HTTP/1.1\r\n\(host)\r\n"

    private func service(_ arguments: [String] = []) async throws -> HTTPService {
        try await HTTPService(try await Daemon(), arguments: arguments)
    }

    private func check(_ cases: [Case], on service: HTTPService) async throws {
        for item in cases {
            let name = item.request.prefix(90).debugDescription
            let wire = try WireSocket(port: service.port)
            try await wire.send(item.request)
            let answer = try await HTTPService.answer(from: wire, hasBody: item.hasBody)
            #expect(answer.status == item.status, "\(name)")
            #expect(answer["Date"]?.hasSuffix(" GMT") == true && answer["X-Request-ID"] != nil, "\(name)")
            for field in item.fields {
                #expect(answer.headers.contains { "\($0.name): \($0.value)" == field }, "\(name) has no \(field)")
            }
            if item.status >= 400, item.hasBody {
                #expect(answer.code != nil && answer["Content-Type"] == "application/json; charset=utf-8", "\(name)")
            }
            switch item.ending {
            case .goesOn:
                #expect(answer["Connection"] != "close", "\(name)")
                try await wire.send(Self.health)
                let next = try await HTTPService.answer(from: wire)
                #expect(next.status == 200 && next.text == #"{"status":"ok"}"#, "after \(name)")
            case .closes:
                #expect(answer["Connection"] == "close", "\(name)")
                #expect(await wire.rest().isEmpty, "after \(name)")
            }
        }
    }

    @Test("An offer to change the protocol is not taken, and the connection goes on; a tunnel is refused and it ends")
    func upgrades() async throws {
        let h2c = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
        let socket =
            "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + "Sec-WebSocket-Version: 13\r\n"
        let body = "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        try await check(
            [
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)\(h2c)\r\n", 200, .goesOn),
                Case("GET /auth/me HTTP/1.1\r\n\(Self.host)\(socket)\r\n", 401, .goesOn),
                Case("GET /authz HTTP/1.1\r\n\(Self.host)\(socket)\r\n", 401, .goesOn),
                Case("HEAD /healthz HTTP/1.1\r\n\(Self.host)\(h2c)\r\n", 200, .goesOn, hasBody: false),
                Case("POST /auth/login HTTP/1.1\r\n\(Self.host)\(h2c)\(body)", 422, .goesOn),
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)Upgrade: TLS/1.0\r\n\r\n", 200, .goesOn),
                Case(
                    "GET /healthz HTTP/1.1\r\n\(Self.host)Connection: upgrade, close\r\nUpgrade: x\r\n\r\n", 200,
                    .closes),
                Case("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n", 405, .closes),
                Case("CONNECT /auth/me HTTP/1.1\r\n\(Self.host)\r\n\(Self.health)", 405, .closes),
                Case("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, .closes),
            ], on: try await service())
    }

    @Test("What is no request gets a reason and the end of the connection, never silence")
    func refusals() async throws {
        let long = String(repeating: "x", count: 40_000)
        let login = "POST /auth/login HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\n"
        try await check(
            [
                Case("GET /healthz HTTP/1.1\r\n\r\n", 400, .closes),
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)\(Self.host)\r\n\(Self.health)", 400, .closes),
                Case("GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", 400, .closes),
                Case("GET /healthz HTTP/3.1\r\n\(Self.host)\r\n", 505, .closes),
                Case("GET /healthz\r\n", 400, .closes), Case("hello\r\n", 400, .closes),
                Case("\u{16}\u{3}\u{1}\u{0}\u{5}", 400, .closes), Case("GET healthz HTTP/1.1\r\n", 400, .closes),
                Case("GET /\(long) HTTP/1.1\r\n\(Self.host)\r\n", 414, .closes),
                Case("GET /\(long)", 414, .closes),
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)Cookie: \(long)\r\n\r\n", 431, .closes),
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)Cookie: \(long)", 431, .closes),
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)X : y\r\n\r\n", 400, .closes),
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)X: y\r\n z\r\n\r\n", 400, .closes),
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)X: \u{0}\r\n\r\n", 400, .closes),
                Case("GET /healthz HTTP/1.1\nHost: x\n\n", 400, .closes),
                Case("HEAD /healthz HTTP/1.1\r\n\r\n", 400, .closes, hasBody: false),
                Case("\(login)Expect: a-gift\r\nContent-Length: 2\r\n\r\n", 417, .closes),
                Case(
                    "\(login)Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(Self.health)", 400,
                    .closes),
                Case("\(login)Transfer-Encoding: gzip, chunked\r\n\r\n", 501, .closes),
                Case("\(login)Transfer-Encoding: chunked\r\n\r\nxyz\r\n\(Self.health)", 400, .closes),
                Case("\(login)Content-Length: \(1 << 20)\r\n\r\n\(long)", 413, .closes),
                Case("\(login)Transfer-Encoding: chunked\r\n\r\n9c40\r\n\(long)\r\n0\r\n\r\n", 413, .closes),
            ], on: try await service())
    }

    @Test("What a route refuses leaves the connection as it was")
    func methods() async throws {
        try await check(
            [
                Case("GET /none HTTP/1.1\r\n\(Self.host)\r\n", 404, .goesOn),
                Case("BREW /auth/me HTTP/1.1\r\n\(Self.host)\r\n", 501, .goesOn),
                Case("BREW /none HTTP/1.1\r\n\(Self.host)\r\n", 501, .goesOn),
                Case("TRACE /auth/me HTTP/1.1\r\n\(Self.host)\r\n", 405, .goesOn, ["Allow: GET, HEAD, OPTIONS"]),
                Case("OPTIONS /auth/login HTTP/1.1\r\n\(Self.host)\r\n", 204, .goesOn, ["Allow: OPTIONS, POST"]),
                Case(
                    "OPTIONS * HTTP/1.1\r\n\(Self.host)\r\n", 204, .goesOn, ["Allow: GET, HEAD, POST, DELETE, OPTIONS"]),
                Case("HEAD /auth/me HTTP/1.1\r\n\(Self.host)\r\n", 401, .goesOn, hasBody: false),
                Case("HEAD /none HTTP/1.1\r\n\(Self.host)\r\n", 404, .goesOn, hasBody: false),
                Case("GET http://elsewhere/healthz HTTP/1.1\r\n\(Self.host)\r\n", 200, .goesOn),
                Case("\r\n\(Self.health)", 200, .goesOn),
                Case("GET /healthz HTTP/1.5\r\n\(Self.host)\r\n", 200, .goesOn),
                Case("GET /healthz?\(String(repeating: "q", count: 8000)) HTTP/1.1\r\n\(Self.host)\r\n", 200, .goesOn),
            ], on: try await service())
    }

    @Test(
        "A method of the registry that a route does not take is 405 with what it takes, and 404 where there is no route",
        arguments: [
            "PUT", "PATCH", "TRACE", "QUERY", "LINK", "UNLINK", "PROPFIND", "MKCOL", "SEARCH", "VERSION-CONTROL", "ACL",
        ])
    func registeredMethods(verb: String) async throws {
        try await check(
            [
                Case("\(verb) /auth/me HTTP/1.1\r\n\(Self.host)\r\n", 405, .goesOn, ["Allow: GET, HEAD, OPTIONS"]),
                Case(
                    "\(verb) /auth/login HTTP/1.1\r\n\(Self.host)Content-Length: 2\r\n\r\n{}", 405, .goesOn,
                    ["Allow: OPTIONS, POST"]),
                Case("\(verb) /none HTTP/1.1\r\n\(Self.host)\r\n", 404, .goesOn),
                Case("\(verb.lowercased()) /auth/me HTTP/1.1\r\n\(Self.host)\r\n", 501, .goesOn),
                Case("X\(verb) /auth/me HTTP/1.1\r\n\(Self.host)\r\n", 501, .goesOn),
            ], on: try await service())
    }

    @Test("HTTP/1.0 ends with the answer, unless it is asked to stay and says so")
    func legacy() async throws {
        try await check(
            [
                Case("GET /healthz HTTP/1.0\r\n\r\n", 200, .closes),
                Case(
                    "GET /healthz HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 200, .goesOn, ["Connection: keep-alive"]),
                Case("HEAD /healthz HTTP/1.0\r\n\(Self.host)\r\n", 200, .closes, hasBody: false),
                Case("GET /none HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 404, .goesOn, ["Connection: keep-alive"]),
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n\(Self.health)", 200, .closes),
                Case("POST /auth/login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, .closes),
                Case(
                    "POST /auth/login HTTP/1.0\r\nExpect: 100-continue\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 2\r\n\r\n{}", 422, .closes),
            ], on: try await service())
    }

    @Test("A body that was announced and not read is never taken for the next request")
    func unreadBodies() async throws {
        let service = try await service()
        let json = "Content-Type: application/json\r\n"
        try await check(
            [
                // nginx announces the body of another request and sends none.
                Case("GET /authz HTTP/1.1\r\n\(Self.host)Content-Length: 7\r\n\r\n", 401, .closes),
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)Content-Length: 99\r\n\r\nabc", 200, .closes),
                Case("POST /none HTTP/1.1\r\n\(Self.host)Content-Length: 7\r\n\r\n", 404, .closes),
                Case("POST /auth/login HTTP/1.1\r\n\(Self.host)Content-Length: 7\r\n\r\n", 415, .closes),
                // What has come is read, wanted or not.
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)Content-Length: 3\r\n\r\nabc", 200, .goesOn),
                Case("POST /auth/login HTTP/1.1\r\n\(Self.host)Content-Length: 7\r\n\r\nGET / H", 415, .goesOn),
                Case(
                    "POST /auth/login HTTP/1.1\r\n\(Self.host)\(json)Transfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nT: u\r\n\r\n",
                    422, .goesOn),
                Case(
                    "POST /auth/login HTTP/1.1\r\n\(Self.host)\(json)Content-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
                    422, .goesOn),
            ], on: service)
    }

    @Test("A client that waits to be told is told at once, and not when the answer is no")
    func expectations() async throws {
        let service = try await service()
        let head = "POST /auth/login HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nExpect: 100-continue\r\n"
        let wire = try WireSocket(port: service.port)
        for _ in 0..<2 {
            try await wire.send(head + "Content-Length: 2\r\n\r\n")
            #expect(try await wire.line() == "HTTP/1.1 100 Continue\r")
            #expect(try await wire.line() == "\r")
            try await wire.send("{}")
            #expect(try await HTTPService.answer(from: wire).status == 422)
        }
        try await check(
            [
                Case(head + "Content-Length: 99999\r\n\r\n", 413, .closes),
                Case(
                    "POST /none HTTP/1.1\r\n\(Self.host)Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", 404, .closes
                ),
                Case(
                    "POST /auth/change-password HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\n"
                        + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", 401, .closes),
                Case("GET /healthz HTTP/1.1\r\n\(Self.host)Expect: 100-continue\r\n\r\n", 200, .goesOn),
            ], on: service)
    }

    @Test("HEAD has the fields of GET and no body, wherever GET is")
    func head() async throws {
        let service = try await service()
        for path in ["/healthz", "/readyz", "/docs", "/openapi.json", "/auth/me", "/auth/sessions", "/authz", "/none"] {
            let wire = try WireSocket(port: service.port)
            try await wire.send("GET \(path) HTTP/1.1\r\n\(Self.host)\r\n")
            let get = try await HTTPService.answer(from: wire)
            try await wire.send("HEAD \(path) HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            let head = try await HTTPService.answer(from: wire, hasBody: false)
            let varying = ["date", "x-request-id", "connection"]
            func fields(_ answer: HTTPAnswer) -> [String] {
                answer.headers.filter { !varying.contains($0.name.lowercased()) }.map { "\($0.name): \($0.value)" }
            }
            #expect(head.status == get.status && fields(head) == fields(get), "\(path)")
            #expect(head["Content-Length"] == "\(get.body.count)", "\(path)")
            #expect(await wire.rest().isEmpty, "\(path)")
        }
    }

    @Test("Requests in one packet are answered in their order, those in many as well, and a last one before the end")
    func pipelining() async throws {
        let service = try await service()
        let paths = (0..<60).map { $0 % 3 == 0 ? "/healthz" : $0 % 3 == 1 ? "/none" : "/auth/me" }
        let statuses = paths.map { $0 == "/healthz" ? 200 : $0 == "/none" ? 404 : 401 }
        let all = paths.map { "GET \($0) HTTP/1.1\r\n\(Self.host)\r\n" }.joined()
        let wire = try WireSocket(port: service.port)
        try await wire.send(all)
        wire.finish()
        for status in statuses { #expect(try await HTTPService.answer(from: wire).status == status) }
        #expect(await wire.rest().isEmpty)
        let slow = try WireSocket(port: service.port)
        for byte in Self.health + Self.health { try await slow.send(String(byte)) }
        for _ in 0..<2 { #expect(try await HTTPService.answer(from: slow).status == 200) }
    }

    @Test("A client that has said all it will say still gets its answer")
    func halfClosed() async throws {
        let service = try await service()
        let body = #"{"email":"ada@example.org","password":"correct horse battery"}"#
        let wire = try WireSocket(port: service.port)
        try await wire.send(
            "POST /auth/register HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        wire.finish()
        #expect(try await HTTPService.answer(from: wire).status == 201)
        for request in [
            "GET /healthz HTTP/1.1\r\nHo",
            "POST /auth/login HTTP/1.1\r\n\(Self.host)Content-Length: 9\r\nContent-Type: application/json\r\n\r\n{}",
        ] {
            let early = try WireSocket(port: service.port)
            try await early.send(request)
            early.finish()
            let answer = try await HTTPService.answer(from: early)
            #expect(answer.status == 400 && answer["Connection"] == "close")
        }
    }

    @Test("Clients as people have them: curl, wget, ab")
    func clients() async throws {
        let service = try await service()
        func run(_ command: String) async throws -> (status: Int32?, output: String) {
            let process = try ChildProcess(
                "/bin/bash", ["-c", command.replacingOccurrences(of: "URL", with: service.base)],
                in: service.daemon.directory.path)
            return (await process.ended(within: 15), process.output + process.errors)
        }
        let h2c = try await run("curl -s --http2 URL/healthz URL/healthz")
        #expect(h2c.output == #"{"status":"ok"}{"status":"ok"}"#)
        for command in [
            "curl -sIf URL/healthz", "wget -q --spider URL/healthz", "ab -n 20 -c 2 URL/healthz",
            "ab -k -n 20 -c 2 URL/healthz", "curl -sf -x URL http://example.org/healthz",
        ] {
            let outcome = try await run(command)
            #expect(outcome.status == 0, "\(command): \(outcome.output)")
            if command.hasPrefix("ab -k") { #expect(outcome.output.contains("Keep-Alive requests:    20")) }
        }
    }
}
