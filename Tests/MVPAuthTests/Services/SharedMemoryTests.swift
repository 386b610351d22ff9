import AuthTesting
import Synchronization
import Testing

@testable import MVPAuth

@Suite("Memory of a store that others write too")
struct SharedMemoryTests {
    @Test("does not vouch for a check that began before it was complete")
    func completedMeanwhile() async throws {
        let world = try await World()
        try await world.register()
        let token = try await world.login().accessToken.reveal()
        try await world.system.auth.logout(try await world.system.tokens.verify(token))
        let revocations = RevocationIndex(time: world.clock, isShared: true)
        let signer = InterruptedSigner(keys: world.keys) { revocations.confirm(world.clock.uptime()) }
        let tokens = TokenService(
            signer: signer, policy: AuthPolicy(), time: world.clock, entropy: SystemEntropy(),
            revocations: revocations,
            store: ObservedStore(
                base: world.store, feed: ChangeFeed([]), revocations: revocations, time: world.clock,
                entropy: SystemEntropy(), keepsEvents: true))
        let code = await world.code { () async throws(AuthError) in _ = try await tokens.verify(token) }
        #expect(code == .tokenRevoked)
        #expect(revocations.isComplete, "it became so during the check")
    }

    @Test("is what the store vouches for, and what it tells of")
    func told() async throws {
        let (world, store) = try await shared()
        try await world.register()
        let token = try await world.login().accessToken.reveal()
        let follower = try store.follower
        #expect(try world.system.tokens.verifyFromMemory(token) == nil)
        follower.confirm(world.clock.uptime())
        let claims = try #require(try world.system.tokens.verifyFromMemory(token))
        let session = try #require(claims.sessionID)
        follower.apply(.sessionEnded(EndedSession(id: session, accessExpiresAt: world.clock.now() + 900)))
        #expect(throws: AuthError(.tokenRevoked)) { try world.system.tokens.verifyFromMemory(token) }
    }

    @Test("forgets the accounts that it holds when everything is read again")
    func accounts() async throws {
        let (world, store) = try await shared()
        let user = try await world.register()
        try store.follower.confirm(world.clock.uptime())
        _ = try await world.system.users.currentUser(user.id)
        #expect(try world.system.users.cachedUser(user.id) != nil)
        try await store.follower.synchronize()
        #expect(try world.system.users.cachedUser(user.id) == nil)
        #expect(store.synchronizations == 1)
    }

    @Test("is read five times at most while accounts are switched meanwhile")
    func interruptedReading() async throws {
        let (world, store) = try await shared()
        let user = try await world.register()
        let follower = try store.follower
        store.interrupt(times: 4) { follower.apply(.userChanged(user.id, isActive: true)) }
        try await follower.synchronize()
        #expect(store.synchronizations == 1)
        store.interrupt(times: 5) { follower.apply(.userChanged(user.id, isActive: true)) }
        await #expect(throws: AuthError(.storageUnavailable)) { try await follower.synchronize() }
        #expect(store.synchronizations == 1)
    }

    @Test(
        "holds an account for inactive that two have switched at once, while the store cannot say what it is",
        arguments: [false, true])
    func unreadable(byImport: Bool) async throws {
        let (world, store) = try await shared()
        let user = try await world.register()
        try await world.system.users.setActive(false, user: user.id)
        world.clock.advance(1)
        let token = try world.foreignToken(.access, of: user).reveal()
        let follower = try store.follower
        store.interrupt(times: 1) {
            follower.apply(.userChanged(user.id, isActive: true))
            store.isAway = true
        }
        if byImport {
            var account = AccountAdministration.ForeignAccount(email: user.email)
            account.isActive = true
            let report = try await world.system.administration.take(
                [account], onConflict: .update, isRehearsal: false, for: .local)
            #expect(report.updated == 1)
        } else {
            try await world.system.users.setActive(true, user: user.id)
        }
        #expect(throws: AuthError(.userInactive)) { try world.system.tokens.verifyFromMemory(token) }
        store.isAway = false
        try await world.system.users.setActive(true, user: user.id)
        #expect(try await world.system.tokens.verify(token).subject == user.id)
    }

    private func shared() async throws -> (World, ToldStore) {
        let store = ToldStore()
        let world = try await World(store: store)
        try await world.system.follow { store.noteSynchronization() }
        return (world, store)
    }
}

/// A store in memory that says of itself that others write it too, and is interrupted where they would.
private final class ToldStore: SharedAuthStore {
    private struct State {
        var follower: (any StoreFollower)?
        var interruptions = 0
        var interruption: (@Sendable () -> Void)?
        var isAway = false
        var synchronizations = 0
    }

    private let base = MeasuredStore()
    private let state = Mutex(State())

    var follower: any StoreFollower {
        get throws { try #require(state.withLock { $0.follower }) }
    }

    var synchronizations: Int { state.withLock { $0.synchronizations } }

    func noteSynchronization() { state.withLock { $0.synchronizations += 1 } }

    /// Whether nothing can be read.
    var isAway: Bool {
        get { state.withLock { $0.isAway } }
        set { state.withLock { $0.isAway = newValue } }
    }

    /// The next so many snapshots and writes are followed by this before they are answered.
    func interrupt(times: Int, _ interruption: @escaping @Sendable () -> Void) {
        state.withLock { ($0.interruptions, $0.interruption) = (times, interruption) }
    }

    private func beInterrupted() {
        let interruption = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.interruptions > 0 else { return nil }
            state.interruptions -= 1
            return state.interruption
        }
        interruption?()
    }

    func follow(_ follower: any StoreFollower) async throws { state.withLock { $0.follower = follower } }

    func ping() async throws(AuthError) {}
    func close() async {}

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        if isAway { throw AuthError(.storageUnavailable) }
        return try await base.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        let value = try await base.write(body)
        beInterrupted()
        return value
    }

    func revocations(at now: Timestamp) async throws(AuthError) -> RevocationSnapshot {
        let snapshot = try await base.revocations(at: now)
        beInterrupted()
        return snapshot
    }
}

/// Does something while a signature is checked.
private struct InterruptedSigner: TokenSigner {
    let keys: any TokenSigner
    let interruption: @Sendable () -> Void

    func sign(_ claims: Claims) throws(AuthError) -> Secret { try keys.sign(claims) }

    func verify(_ token: String) throws(AuthError) -> Claims {
        interruption()
        return try keys.verify(token)
    }

    var signsQuickly: Bool { keys.signsQuickly }
    func sha256(_ text: String) -> String { keys.sha256(text) }
    func derivedKey(for purpose: String) -> any DerivedKey { keys.derivedKey(for: purpose) }
    func derivedSigner(for purpose: String) -> any TokenSigner { keys.derivedSigner(for: purpose) }
}
