import Foundation
import StrictJSON
import Testing

/// Deadlines, cancellation and keys of calls.
@Suite("Calls")
struct CallTests {
    private let login = #""method":"auth.login","params":["nobody@example.org","wrong password"]"#

    @Test("a deadline answers while the work goes on, alone and in a batch, whose other calls are done")
    func deadlines() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "13"])
        let late = "{\"jsonrpc\":\"2.0\",\"id\":\"late\",\(login),\"meta\":{\"timeout_ms\":1}}"
        let reply = try await daemon.ask(late)
        #expect(reply.contains("-32004") && reply.contains("\"executed\":true"))
        let ping = #"{"jsonrpc":"2.0","id":2,"method":"system.ping"}"#
        let expired = #"{"jsonrpc":"2.0","id":3,"method":"system.ping","meta":{"timeout_ms":0}}"#
        let batch = try await daemon.ask("[\(late),\(ping),\(expired)]")
        #expect(batch.hasPrefix("[{\"jsonrpc\":\"2.0\",\"id\":\"late\",\"error\":{\"code\":-32004,"), "\(batch)")
        #expect(batch.contains("\"id\":2,\"result\""))
        #expect(batch.contains("\"id\":3,\"error\":{\"code\":-32004,") && batch.contains("\"executed\":false"))
    }

    @Test(
        "a call is cancelled by its id as it was written, and answered",
        arguments: ["7.0", "1e3", "\"\\u0061\"", "18446744073709551616"])
    func cancel(id: String) async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "13", "AUTH_HASHING_THREADS": "1"])
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send(
            """
            {"jsonrpc":"2.0","id":"first",\(login)}
            {"jsonrpc":"2.0","id":\(id),\(login)}
            {"jsonrpc":"2.0","id":"miss","method":"system.cancel","params":{"id":"none"}}
            {"jsonrpc":"2.0","method":"system.cancel","params":{"id":\(id)}}

            """)
        #expect(try await wire.line().contains("\"id\":\"miss\",\"result\":{\"cancelled\":false}"))
        let cancelled = try await wire.line()
        #expect(cancelled.hasPrefix("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"error\":{\"code\":-32800,"), "\(cancelled)")
        #expect(try await wire.line().contains("\"id\":\"first\",\"error\":{\"code\":40101"))
    }

    @Test("a call of a stranger's connection cannot be cancelled")
    func stranger() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "12"])
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":1,\(login)}\n")
        let answer = try await daemon.ask(#"{"jsonrpc":"2.0","id":2,"method":"system.cancel","params":[1]}"#)
        #expect(answer.contains("\"cancelled\":false"))
        #expect(try await wire.line().contains("40101"))
    }

    @Test("two calls with one id are both answered, and both cancelled")
    func sameID() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "13", "AUTH_HASHING_THREADS": "1"])
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\(login)}\n"
                + String(repeating: "{\"jsonrpc\":\"2.0\",\"id\":1,\(login)}\n", count: 2)
                + "{\"jsonrpc\":\"2.0\",\"method\":\"system.cancel\",\"params\":{\"id\":1}}\n")
        for _ in 0..<2 { #expect(try await wire.line().contains("\"id\":1,\"error\":{\"code\":-32800,")) }
        #expect(try await wire.line().contains("\"id\":0,"))
    }

    @Test("a key makes a repeated call one call: on another connection, while it runs, and not for other params")
    func keys() async throws {
        let daemon = try await Daemon()
        func register(_ email: String, key: String, id: Int) -> String {
            "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"user.register\",\"params\":[\"\(email)\","
                + "\"correct horse battery\"],\"meta\":{\"idempotency_key\":\"\(key)\"}}"
        }
        let first = try await daemon.ask(register("ada@example.org", key: "k", id: 1))
        let again = try await daemon.ask(register("ada@example.org", key: "k", id: 2))
        #expect(first.contains("\"result\"") && first.dropFirst(24) == again.dropFirst(24))
        #expect(try await daemon.ask(register("bob@example.org", key: "k", id: 3)).contains("meta.idempotency_key"))
        #expect(try await daemon.ask(register("ada@example.org", key: "other", id: 4)).contains("USER_EXISTS"))
        #expect(try await daemon.ask(register("bob@example.org", key: "fresh", id: 5)).contains("\"result\""))
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send((10..<30).map { register("eve@example.org", key: "e", id: $0) + "\n" }.joined())
        var answers: Set<String> = []
        for _ in 10..<30 { answers.insert(String(try await wire.line().dropFirst(25))) }
        #expect(answers.count == 1 && answers.first?.contains("\"result\"") == true, "\(answers)")
    }

    @Test(
        "a key that is not one is refused", arguments: ["\"\"", "7", "\"" + String(repeating: "k", count: 257) + "\""])
    func badKey(key: String) async throws {
        let daemon = try await Daemon()
        let reply = try await daemon.ask(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\(login),\"meta\":{\"idempotency_key\":\(key)}}")
        #expect(reply.contains("-32602") && reply.contains("meta.idempotency_key"))
    }

    @Test("a notification is done though its sender has gone")
    func farewell() async throws {
        let daemon = try await Daemon()
        for number in 0..<20 {
            let wire = try WireSocket(unix: daemon.socket)
            try await wire.send(
                #"{"jsonrpc":"2.0","method":"user.register","params":["n\#(number)@example.org","correct horse battery"]}"#
                    + "\n")
        }
        for number in 0..<20 {
            var code = ""
            for _ in 0..<200 where !code.contains("USER_EXISTS") {
                code = try await daemon.ask(
                    #"{"jsonrpc":"2.0","id":1,"method":"user.register","params":["N\#(number)@example.org","short"]}"#)
                try await Task.sleep(for: .milliseconds(5))
                if code.contains("PASSWORD_VALIDATION") {
                    code = try await daemon.ask(
                        #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["n\#(number)@example.org","correct horse battery"]}"#
                    )
                    if code.contains("access_token") { break }
                }
            }
            #expect(code.contains("access_token"), "n\(number)")
        }
    }
}
