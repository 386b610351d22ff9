import AuthAPI
import Foundation
import MVPAuth
import NIOCore
import StrictJSON
import Synchronization
import Testing

@testable import MVPAuthClient

@Suite("The emails that an app sends itself")
struct EmailConsumerTests {
    /// What the server's side has noted.
    private final class Notes: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }

        func add(_ line: String) { lines.withLock { $0.append(line) } }

        func count(_ line: String) -> Int { all.count { $0 == line } }
    }

    private static func event(_ id: String, attempt: Int = 1, token: String = "t-0-k") -> String {
        """
        {"jsonrpc":"2.0","method":"hooks.event","params":{"subscription":"s","delivery_id":"\(id)","attempt":\(attempt),\
        "event":"verification_email","email":"ada@example.org","token":"\(token)","user_id":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10",\
        "created_at":"2026-03-01T12:00:00Z","expires_at":"2026-03-02T12:00:00.5Z","link":"https://x/?t=\(token)","new_member":1}}\n
        """
    }

    private static func result(_ call: ScriptedServer.Call, _ result: String = "{}") -> String {
        "{\"jsonrpc\":\"2.0\",\"id\":\(call.id ?? 0),\"result\":\(result)}\n"
    }

    private func client(_ server: ScriptedServer) -> AuthClient {
        var configuration = AuthClient.Configuration()
        configuration.socket = "unix://" + server.path
        return AuthClient(configuration)
    }

    private func consumer(
        _ server: ScriptedServer, prefetch: Int = 10, observer: (@Sendable (EmailConsumer.Observation) -> Void)? = nil
    ) -> EmailConsumer {
        var configuration = EmailConsumer.Configuration()
        configuration.prefetch = prefetch
        configuration.observer = observer
        return client(server).emails(configuration)
    }

    /// What was acknowledged: id and status.
    private func acks(_ server: ScriptedServer) -> [String] {
        server.calls.filter { $0.method == "hooks.ack" }.map {
            "\($0.json["params"]?["delivery_id"]?.string ?? "?") \($0.json["params"]?["status"]?.string ?? "?")"
        }
    }

    private func eventually(_ isSo: () -> Bool) async throws -> Bool {
        for _ in 0..<3000 {
            if isSo() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test("comes over a connection of its own that keeps the role hooks alone, with everything that was said")
    func sequence() async throws {
        let server = try await ScriptedServer { call in
            switch call.method {
            case "hooks.subscribe":
                .reply(Self.result(call, "{\"subscription\":\"s\"}") + Self.event("a") + Self.event("b", attempt: 3))
            case "system.ping": call.result(ScriptedServer.pong)
            default: call.result("{}")
            }
        }
        let client = client(server)
        _ = try await client.call(Ping())
        var configuration = EmailConsumer.Configuration()
        configuration.events = ["verification_email"]
        configuration.prefetch = 7
        configuration.ackTimeout = .seconds(20)
        let consumer = client.emails(configuration)
        var seen: [EmailConsumer.Delivery] = []
        for try await delivery in consumer {
            seen.append(delivery)
            await delivery.done()
            if seen.count == 2 { break }
        }
        #expect(seen.map(\.id) == ["a", "b"] && seen.map(\.attempt) == [1, 3])
        #expect(seen[0].address == "ada@example.org" && seen[0].token?.reveal() == "t-0-k")
        #expect(seen[0].link?.reveal() == "https://x/?t=t-0-k" && seen[0].app == nil)
        #expect(seen[0].userID?.description == "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10")
        #expect(seen[0].expiresAt == Timestamp("2026-03-02T12:00:00.5Z"))
        #expect(!"\(seen[0])".contains("t-0-k"), "nothing that is printed holds the token")
        #expect(server.connections == 2)
        let subscribe = try #require(server.calls.first { $0.method == "hooks.subscribe" })
        #expect(subscribe.json["params"]?["prefetch"] == 7 && subscribe.json["params"]?["ack_timeout_ms"] == 20_000)
        #expect(subscribe.json["params"]?["events"] == ["verification_email"])
        let hello = try #require(
            server.calls.first { $0.method == "system.hello" && $0.connection == subscribe.connection })
        #expect(hello.json["params"]?["roles"] == ["hooks"])
        #expect(acks(server) == ["a success", "b success"])
        await consumer.stop()
        #expect(server.calls.last?.method == "hooks.unsubscribe")
        await client.close()
        await server.close()
    }

    @Test("what a handler does decides: it returns, refuses, or fails by an error whose text nobody gets to see")
    func outcomes() async throws {
        struct Trouble: Error, CustomStringConvertible {
            let description = "the token was eyJ-secret"
        }
        let server = try await ScriptedServer { call in
            guard call.method == "hooks.subscribe" else { return call.result("{}") }
            let events = ["ok", "fail", "later", "never"].map { Self.event($0) }.joined()
            return .reply(Self.result(call, "{\"subscription\":\"s\"}") + events)
        }
        let consumer = consumer(server)
        async let handled: Void = consumer.handle { delivery in
            switch delivery.id {
            case "fail": throw Trouble()
            case "later":
                throw EmailRejection.retry(after: .milliseconds(1500), reason: String(repeating: "ä", count: 300))
            case "never": throw EmailRejection.drop(reason: "no such address")
            default: break
            }
        }
        #expect(try await eventually { acks(server).count == 4 })
        #expect(Set(acks(server)) == ["ok success", "fail retry", "later retry", "never drop"])
        func params(_ id: String) -> JSON? {
            server.calls.first { $0.method == "hooks.ack" && $0.json["params"]?["delivery_id"]?.string == id }?
                .json["params"]
        }
        #expect(params("fail")?["reason"] == "Trouble" && params("fail")?["delay_ms"] == nil)
        #expect(params("later")?["delay_ms"] == 1500 && params("later")?["reason"]?.string?.unicodeScalars.count == 200)
        #expect(params("never")?["reason"] == "no such address")
        #expect(params("ok")?["reason"] == nil)
        await consumer.stop()
        try await handled
        await server.close()
    }

    @Test("as many are handled at the same time as were asked for, and no more")
    func concurrency() async throws {
        let server = try await ScriptedServer { call in
            guard call.method == "hooks.subscribe" else { return call.result("{}") }
            // More than was asked for.
            let events = (0..<9).map { Self.event("m\($0)") }.joined()
            return .reply(Self.result(call, "{\"subscription\":\"s\"}") + events)
        }
        let consumer = consumer(server, prefetch: 3)
        let running = Atomic(0)
        let most = Atomic(0)
        async let handled: Void = consumer.handle { _ in
            let now = running.wrappingAdd(1, ordering: .relaxed).newValue
            most.max(now, ordering: .relaxed)
            while running.load(ordering: .relaxed) < 3, most.load(ordering: .relaxed) < 3 {
                try await Task.sleep(for: .milliseconds(5))
            }
            try await Task.sleep(for: .milliseconds(50))
            running.wrappingSubtract(1, ordering: .relaxed)
        }
        #expect(try await eventually { acks(server).count >= 3 })
        #expect(most.load(ordering: .relaxed) == 3)
        await consumer.stop()
        try await handled
        await server.close()
    }

    @Test("Trap 23: what comes again while it is handled is not begun again; afterwards it is acknowledged again")
    func onceInThisProcess() async throws {
        let notes = Notes()
        let gate = AsyncStream<Void>.makeStream()
        let server = try await ScriptedServer { call in
            switch call.method {
            case "hooks.subscribe":
                return .reply(Self.result(call, "{\"subscription\":\"s\"}") + Self.event("a"))
            case "hooks.ack":
                // As if the acknowledgement had come too late.
                let isFirst = call.id != nil
                return .reply((isFirst ? Self.result(call) : "") + (isFirst ? Self.event("a", attempt: 3) : ""))
            default: return call.result("{}")
            }
        }
        let consumer = consumer(server) { if case .slow(let id) = $0 { notes.add("slow \(id)") } }
        async let handled: Void = consumer.handle { delivery in
            notes.add("begun \(delivery.id)")
            for await _ in gate.stream { break }
        }
        #expect(try await eventually { notes.count("begun a") == 1 })
        server.push(Self.event("a", attempt: 2))
        #expect(try await eventually { notes.count("slow a") == 1 })
        gate.continuation.yield()
        #expect(try await eventually { acks(server).count == 2 })
        #expect(acks(server) == ["a success", "a success"])
        // The second is a notification: nobody waits for its answer.
        #expect(server.calls.filter { $0.method == "hooks.ack" }.map { $0.id == nil } == [false, true])
        #expect(notes.count("begun a") == 1)
        await consumer.stop()
        try await handled
        await server.close()
    }

    @Test("what is to be tried again is begun again")
    func again() async throws {
        let server = try await ScriptedServer { call in
            switch call.method {
            case "hooks.subscribe": .reply(Self.result(call, "{\"subscription\":\"s\"}") + Self.event("a"))
            case "hooks.ack":
                call.json["params"]?["status"] == "retry"
                    ? .replyLater(Self.result(call) + Self.event("a", attempt: 2), milliseconds: 5) : call.result("{}")
            default: call.result("{}")
            }
        }
        let consumer = consumer(server)
        async let handled: Void = consumer.handle { if $0.attempt == 1 { throw CancellationError() } }
        #expect(try await eventually { acks(server).count == 2 })
        #expect(acks(server) == ["a retry", "a success"])
        await consumer.stop()
        try await handled
        await server.close()
    }

    @Test(
        "a connection that is lost is made again; an email that was handled meanwhile is acknowledged, not handled, then"
    )
    func lostConnection() async throws {
        let notes = Notes()
        let server = try await ScriptedServer { call in
            switch (call.method, call.connection) {
            case ("hooks.subscribe", 1):
                .reply(Self.result(call, "{\"subscription\":\"s\"}") + Self.event("a"))
            case ("hooks.ack", 1): .hangUp
            case ("hooks.subscribe", 2): .hangUp
            case ("hooks.subscribe", _):
                .reply(Self.result(call, "{\"subscription\":\"t\"}") + Self.event("a", attempt: 2) + Self.event("b"))
            default: call.result("{}")
            }
        }
        let consumer = consumer(server) { observation in
            switch observation {
            case .subscribed: notes.add("subscribed")
            case .interrupted: notes.add("interrupted")
            case .unacknowledged(let id, _): notes.add("unacknowledged \(id)")
            case .slow: notes.add("slow")
            }
        }
        async let handled: Void = consumer.handle { notes.add("begun \($0.id)") }
        #expect(try await eventually { acks(server).contains("b success") && acks(server).count == 3 })
        #expect(notes.count("begun a") == 1 && notes.count("begun b") == 1)
        #expect(notes.count("subscribed") == 2 && notes.count("interrupted") >= 2)
        #expect(notes.count("unacknowledged a") == 1)
        await consumer.stop()
        try await handled
        await server.close()
    }

    @Test("what is handled still when its connection is lost takes no other email's place")
    func placesAfterLoss() async throws {
        let gate = AsyncStream<Void>.makeStream()
        let notes = Notes()
        let server = try await ScriptedServer { call in
            switch (call.method, call.connection) {
            case ("hooks.subscribe", 1): .reply(Self.result(call, "{\"subscription\":\"s\"}") + Self.event("a"))
            case ("hooks.subscribe", _): .reply(Self.result(call, "{\"subscription\":\"t\"}") + Self.event("b"))
            default: call.result("{}")
            }
        }
        let consumer = consumer(server, prefetch: 1)
        async let handled: Void = consumer.handle { delivery in
            notes.add("begun \(delivery.id)")
            if delivery.id == "a" { for await _ in gate.stream { break } }
        }
        #expect(try await eventually { notes.count("begun a") == 1 })
        await server.hangUp()
        #expect(try await eventually { server.calls.count { $0.method == "hooks.subscribe" } == 2 })
        gate.continuation.yield()
        #expect(try await eventually { acks(server).contains("b success") })
        await consumer.stop()
        try await handled
        await server.close()
    }

    @Test("a daemon that is away is waited for, for ever")
    func away() async throws {
        let path = "/tmp/mvp-\(UUID().uuidString.prefix(13)).sock"
        var configuration = AuthClient.Configuration()
        configuration.socket = path
        let consumer = AuthClient(configuration).emails()
        async let first = consumer.first { _ in true }
        try await Task.sleep(for: .milliseconds(100))
        let server = try await ScriptedServer(path: path) { call in
            call.method == "hooks.subscribe"
                ? .reply(Self.result(call, "{\"subscription\":\"s\"}") + Self.event("a")) : call.result("{}")
        }
        #expect(try await first?.id == "a")
        await consumer.stop(within: .zero)
        await server.close()
    }

    @Test(
        "where waiting does not help there is one clear error",
        arguments: [(-32005, "PERMISSION_DENIED"), (-32601, "METHOD_NOT_FOUND")])
    func refused(number: Int, code: String) async throws {
        let server = try await ScriptedServer { call in call.error(number, code, executed: false) }
        let consumer = consumer(server)
        let error = await #expect(throws: AuthClientError.self) { try await consumer.handle { _ in } }
        #expect(error?.code == code)
        #expect(server.calls.filter { $0.method == "hooks.subscribe" }.count == 1)
        await server.close()
    }

    @Test("a daemon that is busy is asked again")
    func busy() async throws {
        let asked = Atomic(0)
        let server = try await ScriptedServer { call in
            guard call.method == "hooks.subscribe" else { return call.result("{}") }
            guard asked.wrappingAdd(1, ordering: .relaxed).newValue > 2 else {
                return call.error(-32001, "SHUTTING_DOWN", executed: false, retryable: true)
            }
            return .reply(Self.result(call, "{\"subscription\":\"s\"}") + Self.event("a"))
        }
        let consumer = consumer(server)
        #expect(try await consumer.first { _ in true }?.id == "a")
        await consumer.stop(within: .zero)
        await server.close()
    }

    @Test("a stop gives back what was not begun, waits for what was, and says what became of it")
    func stop() async throws {
        let gate = AsyncStream<Void>.makeStream()
        let server = try await ScriptedServer { call in
            call.method == "hooks.subscribe"
                ? .reply(Self.result(call, "{\"subscription\":\"s\"}") + Self.event("a") + Self.event("b"))
                : call.result("{}")
        }
        let consumer = consumer(server)
        // One at a time: the second has been handed over and waits.
        let task = Task {
            for try await delivery in consumer {
                for await _ in gate.stream { break }
                await delivery.done()
            }
        }
        #expect(try await eventually { server.calls.contains { $0.method == "hooks.subscribe" } })
        try await Task.sleep(for: .milliseconds(200))
        async let stopped: Void = consumer.stop(within: .seconds(30))
        #expect(try await eventually { acks(server) == ["b retry"] })
        let given = try #require(server.calls.first { $0.method == "hooks.ack" })
        #expect(given.json["params"]?["delay_ms"] == 0)
        gate.continuation.yield()
        await stopped
        try await task.value
        #expect(acks(server) == ["b retry", "a success"])
        await server.close()
    }

    @Test("a stop does not wait longer than it is told to")
    func stopInTime() async throws {
        let server = try await ScriptedServer { call in
            call.method == "hooks.subscribe"
                ? .reply(Self.result(call, "{\"subscription\":\"s\"}") + Self.event("a")) : call.result("{}")
        }
        let notes = Notes()
        let consumer = consumer(server)
        let task = Task {
            try await consumer.handle { _ in
                notes.add("begun")
                try await Task.sleep(for: .seconds(600))
            }
        }
        #expect(try await eventually { notes.count("begun") == 1 })
        let start = ContinuousClock.now
        await consumer.stop(within: .milliseconds(100))
        #expect(ContinuousClock.now - start < .seconds(60))
        task.cancel()
        try await task.value
        await server.close()
    }

    @Test("a task that is cancelled ends the sequence and closes the connection")
    func cancelled() async throws {
        let server = try await ScriptedServer { call in
            call.method == "hooks.subscribe" ? .reply(Self.result(call, "{\"subscription\":\"s\"}")) : .silence
        }
        let consumer = consumer(server)
        let task = Task { try await consumer.handle { _ in } }
        #expect(try await eventually { server.calls.contains { $0.method == "hooks.subscribe" } })
        task.cancel()
        try await task.value
        #expect(try await consumer.first { _ in true } == nil)
        await server.close()
    }

    @Test("what comes unasked and is no email is passed over")
    func foreignNotifications() async throws {
        let server = try await ScriptedServer { call in
            guard call.method == "hooks.subscribe" else { return call.result("{}") }
            return .reply(
                Self.result(call, "{\"subscription\":\"s\"}")
                    + "{\"jsonrpc\":\"2.0\",\"method\":\"hooks.event\",\"params\":{\"delivery_id\":7}}\n"
                    + "{\"jsonrpc\":\"2.0\",\"method\":\"system.news\"}\n" + Self.event("a"))
        }
        let consumer = consumer(server)
        #expect(try await consumer.first { _ in true }?.id == "a")
        await consumer.stop(within: .zero)
        await server.close()
    }
}
