import Foundation
import StrictJSON
import Testing

/// What happens at each limit, and that it is counted.
@Suite("Limits")
struct LimitTests {
    private static let settings = [
        "AUTH_LIMIT_LINE_BYTES": "2048", "AUTH_LIMIT_REPLY_BYTES": "4096", "AUTH_LIMIT_BATCH_CALLS": "10",
        "AUTH_LIMIT_NESTING": "4", "AUTH_LIMIT_METHOD_BYTES": "32", "AUTH_LIMIT_ID_BYTES": "16",
        "AUTH_LIMIT_CALLS_IN_FLIGHT": "2", "AUTH_LIMIT_LINE_SECONDS": "1", "AUTH_LIMIT_BACKLOG_BYTES": "16384",
        "AUTH_LIMIT_BACKLOG_SECONDS": "1", "AUTH_LIMIT_CONNECTIONS_PER_UID": "20",
    ]

    private func counters(_ daemon: Daemon) async throws -> JSON {
        let wire = try WireSocket(unix: daemon.adminSocket)
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.stats\"}\n")
        var scanner = JSONScanner()
        let tree = try JSON(try scanner.scan(Array(try await wire.line().utf8)))
        return try #require(tree["result"]?["limits"])
    }

    private func call(_ method: String, id: String = "1", _ params: String = "[]") -> String {
        "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"\(method)\",\"params\":\(params)}"
    }

    @Test(
        "of the reader are refusals",
        arguments: [
            ("line_bytes", -32006), ("batch_calls", -32007), ("nesting", -32700), ("method_bytes", -32600),
            ("id_bytes", -32600), ("reply_bytes", -32006),
        ])
    func reader(name: String, number: Int) async throws {
        let daemon = try await Daemon(Self.settings)
        let line =
            switch name {
            case "line_bytes": call("system.ping", "[\"" + String(repeating: "x", count: 2048) + "\"]")
            case "batch_calls": "[" + Array(repeating: call("system.ping"), count: 11).joined(separator: ",") + "]"
            case "nesting": call("system.ping", "[[[[]]]]")
            case "method_bytes": call(String(repeating: "m", count: 33))
            case "id_bytes": call("system.ping", id: "\"" + String(repeating: "i", count: 15) + "\"")
            default: call("rpc.discover")
            }
        let reply = try await daemon.ask(line)
        #expect(reply.contains("\"code\":\(number),"), "\(reply)")
        #expect(reply.utf8.count < 4096)
        #expect(try await counters(daemon)[name] == 1)
    }

    @Test("of over-long lines ends the connection, once what is in flight has been answered")
    func farewell() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "12", "AUTH_LIMIT_LINE_BYTES": "2048"])
        let wire = try WireSocket(unix: daemon.socket)
        let long = String(repeating: "x", count: 3000) + "\n"
        try await wire.send(
            call("auth.login", "[\"nobody@example.org\",\"wrong password\"]") + "\n" + long + long + long
                + call("system.ping", id: "9") + "\n")
        let rest = String(decoding: await wire.rest(), as: UTF8.self)
        #expect(rest.components(separatedBy: "MESSAGE_TOO_LARGE").count == 4)
        #expect(rest.contains("INVALID_CREDENTIALS") && !rest.contains("\"id\":9"))
    }

    @Test("just below are none")
    func below() async throws {
        let daemon = try await Daemon(Self.settings)
        let fine = [
            "[" + Array(repeating: call("system.ping"), count: 10).joined(separator: ",") + "]",
            call("system.ping", id: "\"" + String(repeating: "i", count: 14) + "\""),
        ]
        for line in fine { #expect(try await daemon.ask(line).contains("\"pong\":true")) }
        let padded = call(
            "system.ping", "{}" + String(repeating: " ", count: 2048 - call("system.ping", "{}").utf8.count))
        #expect(padded.utf8.count == 2048)
        #expect(try await daemon.ask(padded).contains("\"pong\":true"))
        #expect(try await daemon.ask(call(String(repeating: "m", count: 32))).contains("-32601"))
        #expect(try await daemon.ask(call("system.ping", "[[[]]]")).contains("-32602"))
        #expect(try await counters(daemon) == .object([]))
    }

    @Test("of a batch's reply: what does not fit says so, and what follows is not executed")
    func batchReply() async throws {
        let daemon = try await Daemon(Self.settings)
        let register = call("user.register", id: "4", "[\"late@example.org\",\"correct horse battery\"]")
        let reply = try await daemon.ask(
            "[\(call("system.ping")),\(call("rpc.discover", id: "2")),\(call("system.ping", id: "3"))]")
        #expect(reply.hasPrefix("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"pong\":true}},"))
        #expect(reply.contains("\"id\":2,\"error\":{\"code\":-32006,") && reply.contains("\"executed\":true"))
        #expect(reply.contains("\"id\":3,\"result\""), "one reply that is too long is one reply")
        let hello = Array(repeating: call("system.hello"), count: 9).joined(separator: ",")
        let full = try await daemon.ask("[\(hello),\(register)]")
        #expect(full.contains("\"id\":4,\"error\":{\"code\":-32006,") && full.contains("\"executed\":false"))
        let login = try await daemon.ask(call("auth.login", "[\"late@example.org\",\"correct horse battery\"]"))
        #expect(login.contains("INVALID_CREDENTIALS"))
    }

    @Test("of calls in flight makes the peer wait, and loses nothing")
    func callsInFlight() async throws {
        let daemon = try await Daemon(Self.settings)
        let wire = try WireSocket(unix: daemon.socket)
        let lines = (1...40).map { call("system.health", id: "\($0)") }
        try await wire.send(lines.joined(separator: "\n") + "\n")
        var ids: Set<String> = []
        for _ in 1...40 {
            let reply = try await wire.line()
            #expect(reply.contains("\"result\""))
            ids.insert(String(reply.dropFirst(22).prefix { $0 != "," }))
        }
        #expect(ids.count == 40)
        #expect((try await counters(daemon)["calls_in_flight"]?.int ?? 0) > 0)
    }

    @Test("of an unfinished line closes, and only that connection")
    func unfinished() async throws {
        let daemon = try await Daemon(Self.settings)
        let idle = try WireSocket(unix: daemon.socket)
        let slow = try WireSocket(unix: daemon.socket)
        try await slow.send("{\"jsonrpc\":")
        #expect(await slow.rest().isEmpty)
        try await idle.send(call("system.ping") + "\n")
        #expect(try await idle.line().contains("pong"), "a connection that says nothing is no unfinished line")
        #expect(try await counters(daemon)["line_seconds"] == 1)
    }

    @Test("of answers that are not taken stops reading, then closes")
    func backlog() async throws {
        let daemon = try await Daemon(Self.settings)
        let mute = try WireSocket(unix: daemon.socket)
        let lines = String(repeating: call("system.hello") + "\n", count: 4000)
        // The daemon stops reading: not everything can be sent before it closes.
        await #expect(throws: POSIXError.self) {
            for _ in 0..<20 { try await mute.send(lines) }
        }
        let counters = try await counters(daemon)
        #expect(counters["backlog_bytes"]?.int ?? 0 > 0 && counters["backlog_seconds"] == 1)
        #expect(try await daemon.ask(call("system.ping")).contains("pong"))
    }

    @Test("of connections closes one too many, and leaves the operators' socket open")
    func connections() async throws {
        let daemon = try await Daemon(Self.settings)
        var held: [WireSocket] = []
        for _ in 0..<20 {
            let wire = try WireSocket(unix: daemon.socket)
            try await wire.send(call("system.ping") + "\n")
            _ = try await wire.line()
            held.append(wire)
        }
        let surplus = try WireSocket(unix: daemon.socket)
        #expect(await surplus.rest().isEmpty)
        #expect(try await counters(daemon)["connections_per_uid"] == 1)
        held.removeLast()
        for _ in 0..<200 {
            if let reply = try? await daemon.ask(call("system.ping")), reply.contains("pong") { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("a place that was given up was not given away")
    }
}
