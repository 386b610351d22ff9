import Foundation
import Testing

/// The shim as a process: where it listens, how it stops, what it says, and what it takes.
@Suite("The REST shim as a process")
struct ShimProcessTests {
    private static let host = "Host: x\r\n"
    private let credentials = #"{"email":"ada@example.org","password":"correct horse battery"}"#

    private func shim(_ listen: String, in directory: ScratchDirectory, _ more: [String] = []) throws -> ChildProcess {
        try ChildProcess(
            Products.path("mvp-auth-http"), ["--listen", listen, "--socket", "unix:///nowhere/s"] + more,
            in: directory.path)
    }

    private func curl(_ arguments: [String], in directory: ScratchDirectory) async throws -> String {
        let process = try ChildProcess("/usr/bin/curl", ["-s", "-m", "10"] + arguments, in: directory.path)
        _ = await process.ended()
        return process.output
    }

    @Test("An address that cannot be had is one sentence about it, before anything is promised")
    func busyAddress() async throws {
        let directory = try ScratchDirectory()
        let first = try shim("127.0.0.1:0", in: directory)
        #expect(await first.says("ready on http://127.0.0.1:"))
        let address = try #require(first.output.firstMatch(of: /127\.0\.0\.1:\d+/)).output
        for (listen, sentence) in [
            (String(address), "The address \(address) is in use by another process; choose another one with --listen"),
            ("192.0.2.77:8080", "The address 192.0.2.77:8080 is none of this host's; choose another one"),
            ("no-such-host.invalid:8080", "The host name no-such-host.invalid is unknown; choose"),
            ("unix://\(directory.path)/none/s", "The directory \(directory.path)/none for the socket does not exist."),
        ] {
            let second = try shim(listen, in: directory)
            #expect(await second.ended() == 1, "\(listen)")
            #expect(second.errors.hasPrefix("mvp-auth-http: " + sentence), "\(second.errors)")
            #expect(second.errors.split(separator: "\n").count == 1 && second.output.isEmpty, "\(second.errors)")
        }
    }

    @Test("Two shims on one Unix path: the second refuses, and nobody removes what is not his")
    func unixPath() async throws {
        let directory = try ScratchDirectory()
        let path = directory.path + "/s"
        let first = try shim("unix://" + path, in: directory, ["--socket-mode", "0666"])
        #expect(await first.says("ready on unix://"))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o666)
        let second = try shim("unix://" + path, in: directory)
        #expect(await second.ended() == 1)
        #expect(second.errors.hasPrefix("mvp-auth-http: Another mvp-auth-http is serving \(path)."), "\(second.errors)")
        #expect(try await curl(["--unix-socket", path, "http://x/healthz"], in: directory) == #"{"status":"ok"}"#)
        // Somebody else's, put in its place.
        try FileManager.default.removeItem(atPath: path)
        try "precious".write(toFile: path, atomically: true, encoding: .utf8)
        first.send(SIGTERM)
        #expect(await first.ended() == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        let third = try shim("unix://" + path, in: directory)
        #expect(await third.ended() == 1)
        #expect(third.errors.contains("is not a socket"))
        try FileManager.default.removeItem(atPath: path)
        let fourth = try shim("unix://" + path, in: directory)
        #expect(await fourth.says("ready on unix://"))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o660)
        fourth.send(SIGTERM)
        #expect(await fourth.ended() == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(
        "Behind a proxy on a Unix socket the forwarded address is believed when that was said",
        arguments: [true, false])
    func unixProxy(isTrusted: Bool) async throws {
        let daemon = try await Daemon()
        let path = daemon.directory.path + "/http"
        let process = try ChildProcess(
            Products.path("mvp-auth-http"),
            ["--listen", "unix://" + path, "--socket", "unix://" + daemon.socket]
                + (isTrusted ? ["--trusted-proxy", "unix"] : ["--trusted-proxy", "10.0.0.0/8"]),
            in: daemon.directory.path)
        #expect(await process.says("ready on unix://"))
        func post(_ route: String, _ body: String, _ more: [String] = []) async throws -> String {
            try await curl(
                ["--unix-socket", path, "-H", "Content-Type: application/json", "-d", body] + more
                    + ["http://x/auth/" + route], in: daemon.directory)
        }
        _ = try await post("register", credentials)
        let pair = try await post("login", credentials, ["-H", "X-Forwarded-For: ,192.0.2.9, ,"])
        let token = try #require(pair.firstMatch(of: /"access_token":"([^"]+)"/)).output.1
        let sessions = try await curl(
            ["--unix-socket", path, "-H", "Authorization: Bearer \(token)", "http://x/auth/sessions"],
            in: daemon.directory)
        #expect(sessions.contains("\"ip_address\":\(isTrusted ? "\"192.0.2.9\"" : "null")"), "\(sessions)")
    }

    @Test("A stop waits a moment for what was half sent, and no longer")
    func stop() async throws {
        let service = try await HTTPService(try await Daemon())
        let body = try WireSocket(port: service.port)
        try await body.send(
            "POST /auth/login HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{")
        let head = try WireSocket(port: service.port)
        try await head.send("GET /healthz HTTP/1.1\r\nHo")
        let idle = try WireSocket(port: service.port)
        try await idle.send("GET /healthz HTTP/1.1\r\n\(Self.host)\r\n")
        #expect(try await HTTPService.answer(from: idle).status == 200)
        let start = ContinuousClock.now
        service.process.send(SIGTERM)
        #expect(await service.process.ended(within: 15) == 0)
        #expect(start.duration(to: .now) < .seconds(5))
        for wire in [body, head] {
            let answer = try await HTTPService.answer(from: wire)
            #expect(answer.status == 503 && answer["Connection"] == "close" && answer["Retry-After"] != nil)
        }
        #expect(await idle.rest().isEmpty)
    }

    @Test(
        "A failure of ours is one line with the name that the answer has; other requests are lines in development only")
    func log() async throws {
        let directory = try ScratchDirectory()
        for isDevelopment in [false, true] {
            let process = try shim("127.0.0.1:0", in: directory, isDevelopment ? ["--dev"] : [])
            #expect(await process.says("ready on http://127.0.0.1:"))
            let base = try #require(process.output.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)).output
            let answer = try await curl(
                ["-i", "-H", "Authorization: Bearer secret-token", "\(base)/auth/me?secret=query"], in: directory)
            let id = try #require(answer.firstMatch(of: /X-Request-ID: (\S+)\r\n/)).output.1
            _ = try await curl(["\(base)/none?secret=query"], in: directory)
            process.send(SIGTERM)
            #expect(await process.ended() == 0)
            let lines = process.errors.split(separator: "\n")
            #expect(answer.hasPrefix("HTTP/1.1 503") && lines.count == (isDevelopment ? 2 : 1), "\(process.errors)")
            #expect(lines.first?.contains(id) == true && lines.first?.contains("GET /auth/me 503 in ") == true)
            #expect(lines.first?.contains("/nowhere/s") == true, "it says why: \(process.errors)")
            #expect(!process.errors.contains("secret"))
        }
    }

    @Test("A request that belongs to a trace is found by it, in the log of the shim and in the daemon's")
    func trace() async throws {
        let service = try await HTTPService(try await Daemon())
        let away = service.daemon.database + ".away"
        try FileManager.default.moveItem(atPath: service.daemon.database, toPath: away)
        for trace in [
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        ] {
            let answer = try await service.send(
                "POST", "/auth/register", credentials, headers: ["traceparent": trace])
            #expect(answer.code == "STORAGE_UNAVAILABLE")
        }
        for process in [service.process, service.daemon.process] {
            // A thread of its own writes the log.
            for _ in 0..<400 where process.errors.components(separatedBy: "STORAGE_UNAVAILABLE").count < 3 {
                try await Task.sleep(for: .milliseconds(5))
            }
            let log = process.errors
            // The shim repeats a call of which nothing was done, so the daemon may have several lines of it.
            #expect(log.contains(#""trace_id":"0af7651916cd43dd8448eb211c80319c""#), "\(log)")
            #expect(!log.contains("4bf92f3577b34da6a3ce929d0e0e4736"), "an id of zeroes names no trace: \(log)")
        }
    }

    @Test("An address with more connections than its share loses its oldest, and others are served")
    func connections() async throws {
        let service = try await HTTPService(
            try await Daemon(), settings: ["MVP_AUTH_HTTP_LIMIT_CONNECTIONS_PER_ADDRESS": "5"])
        var wires: [WireSocket] = []
        for _ in 0..<8 {
            let wire = try WireSocket(port: service.port)
            try await wire.send("GET /healthz HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(try await HTTPService.answer(from: wire).status == 200)
            wires.append(wire)
        }
        for wire in wires[..<3] { #expect(await wire.rest().isEmpty) }
        for wire in wires[3...] {
            try await wire.send("GET /healthz HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(try await HTTPService.answer(from: wire).status == 200)
        }
    }

    @Test("Unfinished bodies share a budget, and make room for those that come")
    func bodies() async throws {
        let service = try await HTTPService(
            try await Daemon(), settings: ["MVP_AUTH_HTTP_LIMIT_BUFFER_BYTES": "65536"])
        let head =
            "POST /auth/login HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nContent-Length: 16000\r\n\r\n"
        let wires = try (0..<20).map { _ in try WireSocket(port: service.port) }
        for wire in wires { try await wire.send(head + String(repeating: " ", count: 10_000)) }
        #expect(try await service.send("POST", "/auth/login", credentials).status == 401)
        #expect(await wires[0].rest().isEmpty)
    }

    @Test("A request that does not get on is told so; a connection that is idle is closed")
    func slowness() async throws {
        let service = try await HTTPService(
            try await Daemon(),
            settings: [
                "MVP_AUTH_HTTP_LIMIT_HEAD_SECONDS": "1", "MVP_AUTH_HTTP_LIMIT_BODY_SECONDS": "1",
                "MVP_AUTH_HTTP_LIMIT_IDLE_SECONDS": "2",
            ])
        let idle = try WireSocket(port: service.port)
        for request in [
            "GET /healthz HTTP/1.1\r\nHo",
            "POST /auth/login HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
        ] {
            let wire = try WireSocket(port: service.port)
            try await wire.send(request)
            let answer = try await HTTPService.answer(from: wire)
            #expect(answer.status == 408 && answer["Connection"] == "close" && answer.code == "REQUEST_TIMEOUT")
        }
        #expect(await idle.rest().isEmpty)
    }

    @Test("Calls that hash are bounded, the rest is not kept waiting")
    func waitingLogins() async throws {
        let service = try await HTTPService(
            try await Daemon(["AUTH_BCRYPT_COST": "13"]), settings: ["MVP_AUTH_HTTP_LIMIT_WAITING_LOGINS": "2"])
        let statuses = try await withThrowingTaskGroup { tasks in
            for _ in 0..<12 {
                tasks.addTask {
                    let answer = try await service.send("POST", "/auth/login", credentials)
                    return (answer.status, answer["Retry-After"] != nil)
                }
            }
            return try await tasks.reduce(into: [(Int, Bool)]()) { $0.append($1) }
        }
        #expect(statuses.contains { $0.0 == 401 } && statuses.contains { $0 == (503, true) }, "\(statuses)")
        #expect(statuses.allSatisfy { $0.0 == 401 || $0 == (503, true) }, "\(statuses)")
        #expect(try await service.send("GET", "/readyz").status == 200)
    }

    @Test("The same idempotency key of two clients is two keys")
    func idempotency() async throws {
        let service = try await HTTPService(try await Daemon(), arguments: ["--trusted-proxy", "127.0.0.1"])
        func register(_ email: String, from address: String) async throws -> HTTPAnswer {
            try await service.send(
                "POST", "/auth/register", #"{"email":"\#(email)","password":"correct horse battery"}"#,
                headers: ["Idempotency-Key": "0123456789abcdef", "X-Forwarded-For": address])
        }
        let first = try await register("ada@example.org", from: "192.0.2.1")
        #expect(try await register("eve@example.org", from: "192.0.2.2").status == 201)
        #expect(try await register("ada@example.org", from: "192.0.2.1").body == first.body && first.status == 201)
        #expect(try await register("bob@example.org", from: "192.0.2.1").status == 422)
    }

    @Test("A daemon that somebody else runs is not talked to")
    func daemonUser() async throws {
        let daemon = try await Daemon()
        // Root's own sockets are those that systemd passes on.
        let settings = ["MVP_AUTH_DAEMON_USER": "nobody"]
        let service = try await HTTPService(daemon, settings: settings)
        #expect(try await service.send("GET", "/readyz").status == (Host.isRoot ? 200 : 503))
        let process = try shim("127.0.0.1:0", in: daemon.directory, ["--daemon-user", "no-such-user"])
        #expect(await process.ended() == 78)
        #expect(process.errors.contains("--daemon-user is \"no-such-user\" and must be"), "\(process.errors)")
    }

    @Test("It leaves no core behind")
    func protection() async throws {
        let service = try await HTTPService(try await Daemon())
        let limits = try String(contentsOfFile: "/proc/\(service.process.pid)/limits", encoding: .utf8)
        let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(core?.split(separator: " ").dropFirst(4).prefix(2).elementsEqual(["0", "0"]) == true)
    }
}
