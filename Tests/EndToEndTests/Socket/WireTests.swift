import AuthAPI
import Foundation
import StrictJSON
import Testing

/// The socket, byte by byte.
@Suite("The wire")
struct WireTests {
    private func code(_ reply: String) -> Int? {
        var scanner = JSONScanner()
        let tree = (try? scanner.scan(Array(reply.utf8))).flatMap { try? JSON($0) }
        return tree?["error"]?["code"]?.int
    }

    @Test("answers to no handshake, with CRLF, and to a last line without an end")
    func plain() async throws {
        let daemon = try await Daemon()
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send("\n  \r\n{\"jsonrpc\":\"2.0\",\"id\":1.0,\"method\":\"system.ping\"}\r\n")
        #expect(try await wire.line().hasPrefix("{\"jsonrpc\":\"2.0\",\"id\":1.0,\"result\":"))
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":\"e\\u0301\",\"method\":\"system.ping\"}")
        wire.finish()
        #expect(try await wire.line().contains("\"id\":\"e\\u0301\""))
        #expect(await wire.rest().isEmpty)
    }

    @Test(
        "refuses before any side effect",
        arguments: [
            (#"{"id":1,"method":"system.ping"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":{},"method":"system.ping"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":"none.such"}"#, -32601), ("[]", -32600), ("{", -32700),
            (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"system.ping"}"#, -32600),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":{"email":"a","email":"b","password":"c"}}"#,
                -32602
            ),
            (#"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":{"email":["v@x.org"],"password":"c"}}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["a"]}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":{"email":"a","password":"b","x":1}}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["a","b",null,null,null,null,null]}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"system.hello","params":{"protocol":[1e300]}}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"system.hello","params":{"protocol":["5"]}}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"system.hello","params":{"protocol":[9223372036854775808]}}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"system.hello","params":{"protocol":[2]}}"#, -32008),
            (#"{"jsonrpc":"2.0","id":1,"method":"system.ping","meta":{"timeout_ms":0}}"#, -32004),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"session.list","params":{"access_token":"a","user_id":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10"}}"#,
                -32602
            ),
        ])
    func refusals(line: String, number: Int) async throws {
        let daemon = try await Daemon()
        let reply = try await daemon.ask(line)
        #expect(code(reply) == number, "\(reply)")
    }

    @Test("answers as calls complete, not in the order of their arrival")
    func outOfOrder() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "10"])
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send(
            """
            {"jsonrpc":"2.0","id":"slow","method":"auth.login","params":["nobody@example.org","wrong"]}
            {"jsonrpc":"2.0","id":"fast","method":"system.ping"}

            """)
        #expect(try await wire.line().contains("\"id\":\"fast\""))
        #expect(try await wire.line().contains("\"id\":\"slow\""))
    }

    @Test("a notification is executed and never answered; a batch is answered in one line")
    func batches() async throws {
        let daemon = try await Daemon()
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send(
            """
            {"jsonrpc":"2.0","method":"user.register","params":["quiet@example.org","correct horse battery"]}
            [{"jsonrpc":"2.0","id":1,"method":"system.ping"},1,{"jsonrpc":"2.0","method":"system.ping"},{"jsonrpc":"2.0","id":2,"method":"auth.login","params":["quiet@example.org","wrong"]}]
            [{"jsonrpc":"2.0","method":"system.ping"}]
            {"jsonrpc":"2.0","id":9,"method":"system.ping"}

            """)
        let replies = [try await wire.line(), try await wire.line()]
        let batch = try #require(replies.first { $0.hasPrefix("[") })
        #expect(batch.contains("\"id\":1,\"result\"") && batch.contains("-32600") && batch.contains("40101"))
        #expect(replies.contains { $0.contains("\"id\":9") })
        let taken = try await daemon.ask(
            #"{"jsonrpc":"2.0","id":1,"method":"user.register","params":["quiet@example.org","correct horse battery"]}"#
        )
        #expect(code(taken) == 40901)
        let calls = Array(repeating: #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#, count: 101)
        #expect(code(try await daemon.ask("[" + calls.joined(separator: ",") + "]")) == -32007)
    }

    @Test("skips over-long lines and ends a connection that makes three")
    func overlong() async throws {
        let daemon = try await Daemon()
        let wire = try WireSocket(unix: daemon.socket)
        let long = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + String(repeating: "x", count: 70_000) + "\"}\n"
        try await wire.send(long)
        #expect(code(try await wire.line()) == -32006)
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"system.ping\"}\n")
        #expect(try await wire.line().contains("\"id\":7"))
        try await wire.send(long)
        #expect(code(try await wire.line()) == -32006)
        try await wire.send(long)
        #expect(code(try await wire.line()) == -32006)
        #expect(await wire.rest().isEmpty)
    }

    @Test(
        "executes nothing of another protocol",
        arguments: [
            "POST / HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\nGET / HTTP/1.0\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
        ])
    func foreign(head: String) async throws {
        let daemon = try await Daemon()
        let wire = try WireSocket(unix: daemon.socket)
        let call =
            #"{"jsonrpc":"2.0","id":1,"method":"user.register","params":["smuggled@example.org","correct horse battery"]}"#
        try? await wire.send(head + call + "\n")
        wire.finish()
        #expect(await wire.rest().isEmpty)
        let unknown = try await daemon.ask(
            #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["smuggled@example.org","correct horse battery"]}"#
        )
        #expect(code(unknown) == 40101)
    }

    @Test("keeps the replies of many connections apart")
    func crossTalk() async throws {
        let daemon = try await Daemon()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in 0..<20 {
                group.addTask {
                    let wire = try WireSocket(unix: daemon.socket)
                    for round in 0..<50 {
                        let email = "c\(connection)r\(round)@example.org"
                        try await wire.send(
                            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"user.resend_verification\",\"params\":[\"\(email)\"]}\n"
                                + "{\"jsonrpc\":\"2.0\",\"id\":\"\(email)\",\"method\":\"system.ping\"}\n")
                        let replies = [try await wire.line(), try await wire.line()]
                        #expect(replies.contains { $0.contains("\"id\":\"\(email)\"") })
                        #expect(replies.contains { $0.contains("\"id\":1,") })
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a role that was given up does not come back")
    func roles() async throws {
        let daemon = try await Daemon()
        let wire = try WireSocket(unix: daemon.socket)
        let userID = "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10"
        let list = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session.list\",\"params\":{\"user_id\":\"\(userID)\"}}\n"
        try await wire.send(list)
        #expect(code(try await wire.line()) == 40401)
        for roles in ["[\"client\"]", "[\"client\",\"trusted\",\"admin\"]"] {
            try await wire.send(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.hello\",\"params\":{\"roles\":\(roles)}}\n")
            #expect(try await wire.line().contains("\"roles\":[\"client\"]"))
        }
        try await wire.send(list)
        #expect(code(try await wire.line()) == -32005)
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.stats\"}\n")
        #expect(code(try await wire.line()) == -32005)
    }

    @Test("a stop finishes what is in flight and exits 0")
    func gracefulStop() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "12"])
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"system.hello\"}\n")
        _ = try await wire.line()
        try await wire.send(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"auth.login\",\"params\":[\"nobody@example.org\",\"x\"]}\n")
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"system.ping\"}\n")
        #expect(try await wire.line().contains("\"id\":2"))
        daemon.process.send(SIGTERM)
        let rest = String(decoding: await wire.rest(), as: UTF8.self)
        #expect(rest.contains("system.draining"))
        #expect(rest.contains("\"id\":1,\"error\":{\"code\":40101"))
        #expect(await daemon.process.ended() == 0)
        #expect(!FileManager.default.fileExists(atPath: daemon.socket))
    }
}
