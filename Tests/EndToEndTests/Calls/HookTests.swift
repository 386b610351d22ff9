import Foundation
import MVPAuth
import MVPAuthClient
import Synchronization
import Testing

/// The outbox from outside: subscribers on the socket, with the client that apps have.
@Suite("Emails handed to subscribers")
struct HookTests {
    private static let password = Secret("correct horse battery")

    private func daemon(in directory: ScratchDirectory, _ settings: [String: String] = [:]) async throws -> Daemon {
        try await Daemon(
            ["AUTH_EMAIL_SINK": "socket"].merging(settings) { $1 }, in: directory, arguments: [])
    }

    /// What a subscriber was handed.
    private final class Ledger: Sendable {
        private let entries = Mutex<[EmailConsumer.Delivery]>([])

        func add(_ delivery: EmailConsumer.Delivery) { entries.withLock { $0.append(delivery) } }
        var all: [EmailConsumer.Delivery] { entries.withLock { $0 } }
        var addresses: Set<String> { Set(all.map(\.address)) }

        func reaches(_ count: Int) async throws -> Bool {
            for _ in 0..<2000 {
                if all.count >= count { return true }
                try await Task.sleep(for: .milliseconds(10))
            }
            return false
        }
    }

    /// Runs a consumer beside a test.
    private func withConsumer(
        of client: AuthClient, _ configure: (inout EmailConsumer.Configuration) -> Void = { _ in },
        handle: @escaping @Sendable (EmailConsumer.Delivery) async throws -> Void,
        _ body: () async throws -> Void
    ) async throws {
        var configuration = EmailConsumer.Configuration()
        configure(&configuration)
        let consumer = client.emails(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await consumer.handle(handle) }
            try await body()
            await consumer.stop(within: .seconds(1))
            try await group.waitForAll()
        }
    }

    @Test("a message waits for a subscriber, with a token that works, and is handed over once")
    func delivered() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        let client = daemon.client(patience: .seconds(10))
        let user = try await client.register(email: "ada@example.org", password: Self.password)
        let ledger = Ledger()
        try await withConsumer(of: client, handle: { ledger.add($0) }) {
            #expect(try await ledger.reaches(1))
            let email = ledger.all[0]
            #expect(email.event == "verification_email" && email.address == "ada@example.org" && email.attempt == 1)
            #expect(email.userID == user.id && email.app == nil)
            let token = try #require(email.token)
            #expect(email.link?.reveal() == "http://127.0.0.1:8080/verify-email?token=\(token.reveal())")
            #expect(try await client.verifyEmail(token: token).isVerified)
            try await client.forgotPassword(email: "ada@example.org")
            try await client.forgotPassword(email: "nobody@example.org")
            #expect(try await ledger.reaches(2))
            #expect(ledger.all[1].event == "password_reset_email")
            try await client.resetPassword(
                token: try #require(ledger.all[1].token), newPassword: Secret("another long phrase"))
            #expect(try await ledger.reaches(3))
            #expect(ledger.all[2].event == "password_changed" && ledger.all[2].token == nil)
        }
        // Nothing is left for the next one.
        let late = Ledger()
        try await withConsumer(of: client, handle: { late.add($0) }) { try await Task.sleep(for: .milliseconds(400)) }
        #expect(late.all.isEmpty && ledger.all.count == 3)
    }

    @Test("what a subscriber holds that goes is another's at once, with the same identity and the next attempt")
    func disconnected() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        let client = daemon.client(patience: .seconds(10))
        let event: String
        do {
            let first = try WireSocket(unix: daemon.socket)
            try await first.send(#"{"jsonrpc":"2.0","id":1,"method":"hooks.subscribe","params":{}}"# + "\n")
            let answer = try await first.line()
            #expect(answer.contains(#""subscription""#))
            _ = try await client.register(email: "ada@example.org", password: Self.password)
            event = try await first.line()
        }
        #expect(event.contains(#""method":"hooks.event""#) && event.contains(#""attempt":1"#))
        let ledger = Ledger()
        try await withConsumer(of: client, handle: { ledger.add($0) }) {
            let isThere = try await ledger.reaches(1)
            #expect(isThere)
        }
        #expect(ledger.all[0].attempt == 2 && event.contains(ledger.all[0].id))
    }

    @Test("what is not acknowledged in time comes again, and its late answer is stale")
    func timedOut() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send(
            #"{"jsonrpc":"2.0","id":1,"method":"hooks.subscribe","params":{"ack_timeout_ms":1000,"prefetch":1}}"# + "\n"
        )
        _ = try await wire.line()
        let client = daemon.client()
        _ = try await client.register(email: "ada@example.org", password: Self.password)
        let first = try await wire.line()
        let second = try await wire.line()
        #expect(first.contains(#""attempt":1"#) && second.contains(#""attempt":2"#))
        let id = try #require(second.firstMatch(of: /"delivery_id":"([^"]+)"/)?.1)
        func acknowledge(_ number: Int) async throws -> String {
            try await wire.send(
                #"{"jsonrpc":"2.0","id":\#(number),"method":"hooks.ack","params":{"delivery_id":"\#(id)","status":"success"}}"#
                    + "\n")
            return try await wire.line()
        }
        #expect(try await acknowledge(2).contains(#""result":{}"#))
        #expect(try await acknowledge(3).contains(#""stale":true"#))
    }

    @Test("a subscription that was ended delivers nothing and leaves its place")
    func unsubscribed() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        let wire = try WireSocket(unix: daemon.socket)
        for _ in 0..<40 {
            try await wire.send(#"{"jsonrpc":"2.0","id":1,"method":"hooks.subscribe","params":{}}"# + "\n")
            let name = try #require(try await wire.line().firstMatch(of: /"subscription":"([^"]+)"/)?.1)
            try await wire.send(
                #"{"jsonrpc":"2.0","id":2,"method":"hooks.unsubscribe","params":{"subscription":"\#(name)"}}"# + "\n")
            #expect(try await wire.line().contains(#""result":{}"#))
        }
        let client = daemon.client()
        _ = try await client.register(email: "ada@example.org", password: Self.password)
        try await wire.send(#"{"jsonrpc":"2.0","id":3,"method":"system.ping"}"# + "\n")
        #expect(try await wire.line().contains(#""id":3"#))
        let ledger = Ledger()
        try await withConsumer(of: client, handle: { ledger.add($0) }) {
            let isThere = try await ledger.reaches(1)
            #expect(isThere)
        }
        #expect(ledger.all[0].attempt == 1)
    }

    @Test("only who has the role hears of messages, and bad bounds are said")
    func refused() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        let wire = try WireSocket(unix: daemon.socket)
        for (params, answer) in [
            (#"{"prefetch":0}"#, "must be from 1 to 100"), (#"{"ack_timeout_ms":999}"#, "must be from 1000 to 600000"),
            (#"{"events":["birthday"]}"#, "must name one of verification_email"),
        ] {
            try await wire.send(#"{"jsonrpc":"2.0","id":1,"method":"hooks.subscribe","params":\#(params)}"# + "\n")
            #expect(try await wire.line().contains(answer), "\(params)")
        }
        try await wire.send(#"{"jsonrpc":"2.0","id":1,"method":"system.hello","params":{"roles":["client"]}}"# + "\n")
        _ = try await wire.line()
        try await wire.send(#"{"jsonrpc":"2.0","id":1,"method":"hooks.subscribe","params":{}}"# + "\n")
        #expect(try await wire.line().contains("PERMISSION_DENIED"))
    }

    /// Registers until the daemon is gone.
    private static func register(
        with client: AuthClient, _ name: String, into acknowledged: Addresses
    ) async {
        for number in 0..<1000 {
            let address = "\(name)-\(number)@example.org"
            guard (try? await client.register(email: address, password: password)) != nil else { return }
            acknowledged.add(address)
        }
    }

    private final class Addresses: Sendable {
        private let addresses = Mutex<Set<String>>([])

        func add(_ address: String) { _ = addresses.withLock { $0.insert(address) } }
        var all: Set<String> { addresses.withLock { $0 } }
    }

    @Test("every message of an acknowledged registration arrives, though the daemon is killed again and again")
    func crashes() async throws {
        let directory = try ScratchDirectory()
        let acknowledged = Addresses()
        let ledger = Ledger()
        let first = try await daemon(in: directory)
        let client = first.client(patience: .seconds(30))
        try await withConsumer(of: client, { $0.ackTimeout = .seconds(1) }, handle: { ledger.add($0) }) {
            var daemon = first
            for round in 0..<6 {
                let process = daemon.process
                let clients = (0..<4).map { _ in daemon.client(patience: .milliseconds(100)) }
                await withTaskGroup(of: Void.self) { group in
                    for (worker, client) in clients.enumerated() {
                        group.addTask {
                            await Self.register(with: client, "user\(round)-\(worker)", into: acknowledged)
                        }
                    }
                    group.addTask {
                        try? await Task.sleep(for: .milliseconds(Int.random(in: 200...500)))
                        process.send(SIGKILL)
                    }
                }
                _ = await process.ended()
                daemon = try await self.daemon(in: directory)
            }
            #expect(acknowledged.all.count > 6)
            for _ in 0..<6000 where !ledger.addresses.isSuperset(of: acknowledged.all) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(acknowledged.all.subtracting(ledger.addresses).isEmpty)
        }
    }
}
