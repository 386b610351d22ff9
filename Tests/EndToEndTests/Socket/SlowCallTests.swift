import Foundation
import MVPAuth
import MVPAuthClient
import Synchronization
import Testing

/// Calls that hash a password are bounded apart from all others: however many wait, nothing else does.
@Suite("Slow calls", .serialized)
struct SlowCallTests {
    private static let login = #""method":"auth.login","params":["nobody@example.org","wrong password"]"#

    /// A line that has a password hashed, in each form that a peer may send it in.
    enum Form: String, CaseIterable, CustomTestStringConvertible {
        case call, deadline, notification, batch, keyed, register

        var testDescription: String { rawValue }

        func line(_ id: Int) -> String {
            switch self {
            case .call: "{\"jsonrpc\":\"2.0\",\"id\":\(id),\(SlowCallTests.login)}\n"
            case .deadline:
                "{\"jsonrpc\":\"2.0\",\"id\":\(id),\(SlowCallTests.login),\"meta\":{\"timeout_ms\":60000}}\n"
            case .notification: "{\"jsonrpc\":\"2.0\",\(SlowCallTests.login)}\n"
            case .batch:
                "[{\"jsonrpc\":\"2.0\",\"id\":\(id),\(SlowCallTests.login)},"
                    + "{\"jsonrpc\":\"2.0\",\"id\":\(id),\(SlowCallTests.login)}]\n"
            case .keyed:
                "{\"jsonrpc\":\"2.0\",\"id\":\(id),\(SlowCallTests.login),\"meta\":{\"idempotency_key\":\"k\(id)\"}}\n"
            case .register:
                "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"user.register\","
                    + "\"params\":[\"u\(id)@example.org\",\"correct horse battery\"]}\n"
            }
        }
    }

    /// Answers of other calls that follow on the same connection.
    private static let others = """
        {"jsonrpc":"2.0","id":"health","method":"system.health"}
        {"jsonrpc":"2.0","id":"verify","method":"token.verify","params":["no token"]}

        """

    @Test("two hundred on a connection keep nothing else on it waiting", arguments: Form.allCases)
    func connection(_ form: Form) async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "10"])
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send((0..<200).map(form.line).joined() + Self.others)
        var (slow, fast) = (0, 0)
        while fast < 2 {
            let reply = try await wire.line()
            if reply.contains("\"id\":\"health\"") || reply.contains("\"id\":\"verify\"") {
                fast += 1
            } else {
                slow += 1
            }
        }
        // One after another, they would have come after the first 137 at the earliest.
        #expect(slow < 100, "\(slow) slow calls were answered first")
    }

    @Test("nor do those of a user beyond what he may have wait for; they are told to come again")
    func user() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "12", "AUTH_LIMIT_CALLS_IN_FLIGHT_PER_UID": "32"])
        let wires = try (0..<4).map { _ in try WireSocket(unix: daemon.socket) }
        for wire in wires { try await wire.send((0..<100).map(Form.call.line).joined()) }
        let other = try WireSocket(unix: daemon.socket)
        try await other.send(Self.others)
        for _ in 0..<2 { #expect(try await other.line().contains("\"id\":\"")) }
        let reply = try await wires[3].line()
        #expect(reply.contains("OVERLOADED") && reply.contains("retry_after_ms"))
        #expect(reply.contains("\"executed\":false"))
        try await wires[0].send(Self.others)
        while try await !wires[0].line().contains("\"id\":\"verify\"") {}
    }

    @Test("the bound of a connection is a refusal, and it goes on reading")
    func bound() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "12", "AUTH_LIMIT_HASHING_IN_FLIGHT": "5"])
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send((0..<50).map(Form.call.line).joined() + Self.others)
        var refused = 0
        while true {
            let reply = try await wire.line()
            if reply.contains("OVERLOADED") { refused += 1 }
            if reply.contains("\"id\":\"health\"") { break }
        }
        #expect(refused >= 40)
    }

    @Test("the client keeps a queue for them: the others pass")
    func client() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "10"])
        let client = daemon.client()
        let done = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    await #expect(throws: AuthClientError.self) {
                        _ = try await client.login(email: "nobody@example.org", password: Secret("wrong password"))
                    }
                    done.add()
                }
            }
            try await Task.sleep(for: .milliseconds(50))
            for _ in 0..<5 {
                await #expect(throws: AuthClientError.self) { _ = try await client.verify(accessToken: Secret("none")) }
            }
            #expect(done.value < 100)
            group.cancelAll()
        }
        await client.close()
    }
}

private final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add() { count.wrappingAdd(1, ordering: .relaxed) }
}
