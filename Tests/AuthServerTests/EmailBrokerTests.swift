import AuthTesting
import Logging
import MVPAuth
import MemoryStore
import Synchronization
import Testing

@testable import AuthServer

/// What goes to whom while subscribers come and go.
@Suite("The email broker")
struct EmailBrokerTests {
    private let store = PausingStore()
    private let world: World
    private let broker: EmailBroker

    init() async throws {
        let world = try await World(store: store)
        self.world = world
        broker = EmailBroker(
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, system: { world.system })
    }

    /// What a subscriber was handed.
    private final class Inbox: Sendable {
        private let events = Mutex<[EmailEvent]>([])

        func add(_ event: EmailEvent) { events.withLock { $0.append(event) } }

        var attempts: [String] { events.withLock { $0.map { "\($0.email) \($0.delivery.attempt)" } } }

        func holds(_ attempts: [String]) async throws -> Bool {
            for _ in 0..<2000 where self.attempts != attempts { try await Task.sleep(for: .milliseconds(5)) }
            return self.attempts == attempts
        }
    }

    private func subscribe(_ inbox: Inbox, to kinds: Set<EmailMessage.Kind> = Set(EmailMessage.Kind.allCases)) async
        -> String
    {
        await broker.subscribe(to: kinds, of: nil, prefetch: 5, milliseconds: 30_000) { inbox.add($0) }
    }

    @Test("what is being taken for a subscriber that goes is another's, and the first attempt of it")
    func gone() async throws {
        let running = Task { await broker.run() }
        defer { running.cancel() }
        let (first, second) = (Inbox(), Inbox())
        try await world.register()
        store.pauseNextRead()
        let name = await subscribe(first)
        try await store.paused()
        await broker.abandon(name)
        _ = await subscribe(second)
        store.goOn()
        #expect(try await second.holds(["ada@example.org 1"]))
        #expect(first.attempts == [])
    }

    @Test("what is being taken for a subscriber that unsubscribes is another's; what it holds stays its own")
    func unsubscribed() async throws {
        let running = Task { await broker.run() }
        defer { running.cancel() }
        let (first, second) = (Inbox(), Inbox())
        try await world.register()
        let name = await subscribe(first)
        #expect(try await first.holds(["ada@example.org 1"]))
        // Another process queues one: here nobody is woken by it.
        _ = try await world.restarted().users.register(email: "eve@example.org", password: world.password)
        store.pauseNextRead()
        _ = await subscribe(Inbox(), to: [])
        try await store.paused()
        #expect(await !broker.unsubscribe(name), "it holds one")
        store.goOn()
        _ = await subscribe(second)
        #expect(try await second.holds(["eve@example.org 1"]))
        #expect(first.attempts == ["ada@example.org 1"])
    }

    @Test("what a subscriber held that goes is handed to another, as the next attempt")
    func held() async throws {
        let running = Task { await broker.run() }
        defer { running.cancel() }
        let (first, second) = (Inbox(), Inbox())
        try await world.register()
        let name = await subscribe(first)
        #expect(try await first.holds(["ada@example.org 1"]))
        await broker.abandon(name)
        _ = await subscribe(second)
        #expect(try await second.holds(["ada@example.org 2"]))
    }
}

/// A store in memory of which one read can be kept waiting.
private final class PausingStore: AuthStore {
    private enum Phase {
        case idle
        case armed
        case paused(CheckedContinuation<Void, Never>)
    }

    private let base = MemoryStore()
    private let phase = Mutex(Phase.idle)

    func pauseNextRead() { phase.withLock { $0 = .armed } }

    /// Waits until a read does.
    func paused() async throws {
        for _ in 0..<2000 {
            if phase.withLock({ if case .paused = $0 { true } else { false } }) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("nothing was read")
    }

    func goOn() {
        let waiting = phase.withLock { phase in
            defer { phase = .idle }
            return if case .paused(let waiting) = phase { waiting } else { nil as CheckedContinuation<Void, Never>? }
        }
        waiting?.resume()
    }

    func ping() async throws(AuthError) {}
    func close() async {}

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        await withCheckedContinuation { continuation in
            let isArmed = phase.withLock { phase in
                guard case .armed = phase else { return false }
                phase = .paused(continuation)
                return true
            }
            if !isArmed { continuation.resume() }
        }
        return try await base.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try await base.write(body)
    }
}
