import AuthTesting
import StoreConformance
import Testing

@testable import MVPAuth

@Suite("What tokens are dead by, in memory")
struct RevocationIndexTests {
    private let time = ManualTime()
    private let user = UserID.random(from: SystemEntropy())
    private let session = SessionID.random(from: SystemEntropy())

    /// Seconds that an entry outlives its token, for clocks that step.
    private static let slack: Int64 = 3600

    private func index() -> RevocationIndex { RevocationIndex(time: time, isShared: false) }

    private func claims(_ id: String = "a", session: SessionID? = nil, issued: Int64 = 0) -> Claims {
        let now = time.now().seconds
        return Claims(
            kind: .access, subject: user, tokenID: id, issuedAt: now + issued, expiresAt: now + 900, sessionID: session)
    }

    @Test("An entry is kept until its token has expired by both clocks, and goes then")
    func purge() {
        let index = index()
        let (blocked, ended, deleted) = (claims("b"), claims("s", session: session), claims("d"))
        index.apply(.sessionEnded(EndedSession(id: session, accessExpiresAt: time.now() + 900)))
        index.apply(.tokenBlocked(BlockedToken(tokenID: "b", kind: .access, expiresAt: time.now() + 900)))
        #expect(index.rejection(of: deleted) == nil)
        for seconds in [0, 900 + Self.slack - 1] {
            time.advance(seconds)
            index.purge()
            #expect(index.rejection(of: blocked) == .tokenRevoked)
            #expect(index.rejection(of: ended) == .tokenRevoked)
        }
        time.advance(1)
        index.purge()
        #expect(index.rejection(of: blocked) == nil)
        #expect(index.rejection(of: ended) == nil)
    }

    @Test("A wall clock that is set back keeps an entry, however long the process has run")
    func setBack() {
        let index = index()
        let ended = claims(session: session)
        index.apply(.sessionEnded(EndedSession(id: session, accessExpiresAt: time.now() + 900)))
        time.setBack(10 * Self.slack)
        time.advance(900 + Self.slack)
        index.purge()
        #expect(index.rejection(of: ended) == .tokenRevoked)
        time.advance(10 * Self.slack)
        index.purge()
        #expect(index.rejection(of: ended) == nil)
    }

    @Test("An entry goes when the wall clock has reached its end too, and not a second earlier")
    func wallClock() {
        for (seconds, code) in [(Self.slack, nil), (Self.slack + 1, .tokenRevoked)] as [(Int64, AuthError.Code?)] {
            let index = index()
            let ended = claims(session: session)
            index.apply(.sessionEnded(EndedSession(id: session, accessExpiresAt: time.now() + 900)))
            time.setBack(seconds)
            time.advance(900 + Self.slack)
            index.purge()
            #expect(index.rejection(of: ended) == code)
        }
    }

    @Test("Whatever is the only entry is found, also after a purge", arguments: 0..<5)
    func alone(kind: Int) {
        let index = index()
        let changes: [(Change, AuthError.Code)] = [
            (.sessionEnded(EndedSession(id: session, accessExpiresAt: time.now() + 900)), .tokenRevoked),
            (.tokenBlocked(BlockedToken(tokenID: "a", kind: .access, expiresAt: time.now() + 900)), .tokenRevoked),
            (.userDeleted(user, until: time.now() + 900), .tokenRevoked),
            (.userChanged(user, isActive: false), .userInactive),
            (.userChanged(user, revokedBefore: time.now()), .tokenRevoked),
        ]
        let token = claims(session: kind == 0 ? session : nil)
        index.apply(changes[kind].0)
        for _ in 0..<2 {
            #expect(index.rejection(of: token) == changes[kind].1)
            index.purge()
        }
    }

    @Test("A deleted user and a cutoff are kept as long as their tokens may live")
    func users() {
        let index = index()
        let token = claims()
        index.apply(.userDeleted(user, until: time.now() + 900))
        time.advance(900 + Self.slack - 1)
        index.purge()
        #expect(index.rejection(of: token) == .tokenRevoked)
        time.advance(1)
        index.purge()
        #expect(index.rejection(of: token) == nil)
        index.apply(.userChanged(user, revokedBefore: time.now()))
        let before = claims()
        time.advance(RevocationSnapshot.longestAccessToken + Self.slack - 1)
        index.purge()
        #expect(index.rejection(of: before) == .tokenRevoked)
        time.advance(1)
        index.purge()
        #expect(index.rejection(of: before) == nil)
    }

    @Test("A cutoff is for tokens without a session, up to its second")
    func cutoff() {
        let index = index()
        index.apply(.userChanged(user, revokedBefore: time.now()))
        #expect(index.rejection(of: claims(issued: 0)) == .tokenRevoked)
        #expect(index.rejection(of: claims(issued: 1)) == nil)
        #expect(index.rejection(of: claims(session: session)) == nil)
        index.apply(.userChanged(user, revokedBefore: Timestamp(seconds: time.now().seconds - 10)))
        #expect(index.rejection(of: claims(issued: 0)) == .tokenRevoked, "an earlier one takes nothing back")
    }

    @Test("A user is inactive until somebody says otherwise; other changes say nothing of it")
    func activity() {
        let index = index()
        index.apply(.userChanged(user, isActive: false))
        index.apply(.userChanged(user))
        index.purge()
        #expect(index.rejection(of: claims()) == .userInactive)
        index.apply(.userChanged(user, isActive: true))
        #expect(index.rejection(of: claims()) == nil)
    }

    @Test("A snapshot that was read before somebody switched an account does not count")
    func snapshots() {
        let index = index()
        let seen = index.changes
        index.apply(.userChanged(user, isActive: true))
        #expect(!index.load(RevocationSnapshot(inactiveUsers: [user]), readAt: seen))
        #expect(index.rejection(of: claims()) == nil)
        #expect(index.load(RevocationSnapshot(inactiveUsers: [user]), readAt: index.changes))
        #expect(index.rejection(of: claims()) == .userInactive)
        #expect(index.load(RevocationSnapshot(), readAt: index.changes))
        #expect(index.rejection(of: claims()) == nil)
    }

    @Test("Of a store that others write too, memory is complete for a second after each confirmation")
    func completeness() {
        let index = RevocationIndex(time: time, isShared: true)
        #expect(!index.isComplete)
        index.confirm(time.uptime())
        #expect(index.isComplete)
        time.advance(milliseconds: 999)
        #expect(index.isComplete)
        time.advance(milliseconds: 1)
        #expect(!index.isComplete)
    }

    @Test("Where nobody else writes memory is complete, whatever is confirmed")
    func ownStore() {
        let index = index()
        index.confirm(time.uptime())
        time.advance(10)
        #expect(index.isComplete && index.lag == 0)
    }

    @Test("How long nothing was confirmed is counted from the latest confirmation")
    func lag() {
        #expect(index().lag == 0, "nobody else writes")
        let index = RevocationIndex(time: time, isShared: true)
        #expect(index.lag == .infinity)
        let start = time.uptime()
        index.confirm(start)
        #expect(index.lag == 0)
        time.advance(5)
        #expect(index.lag == 5)
        index.confirm(start + 3_000_000_000)
        index.confirm(start)
        #expect(index.lag == 2)
    }

    @Test("Distrust lasts its seconds, whatever the store confirms")
    func distrust() {
        let index = index()
        #expect(index.isComplete)
        index.distrust(for: 10)
        index.distrust(for: 5)
        time.advance(milliseconds: 9999)
        index.confirm(time.uptime())
        #expect(!index.isComplete)
        time.advance(milliseconds: 1)
        #expect(index.isComplete)
    }

    @Test("While memory is incomplete no user is answered from it")
    func cachedUsers() async throws {
        let world = try await World()
        let registered = try await world.register()
        let revocations = RevocationIndex(time: world.clock, isShared: true)
        let cache = UserCache(capacity: 10)
        let store = ObservedStore(
            base: world.store, feed: ChangeFeed([revocations, cache]), revocations: revocations, time: world.clock,
            entropy: SystemEntropy(), keepsEvents: true)
        let tokens = TokenService(
            signer: world.keys, policy: AuthPolicy(), time: world.clock, entropy: SystemEntropy(),
            revocations: revocations, store: store)
        let core = AuthCore(
            store: store, hasher: PlainHasher(), queued: QueuedMessages(), time: world.clock, entropy: SystemEntropy(),
            policy: AuthPolicy(), emails: EmailPolicy(domains: ASCIIDomains()), tokens: tokens,
            revocations: revocations, cache: cache, attempts: ThrottleMemory(entropy: SystemEntropy()),
            hashing: HashingMeter())
        let users = UserService(core: core)
        _ = try await users.currentUser(registered.id)
        #expect(try users.cachedUser(registered.id) == nil)
        revocations.confirm(world.clock.uptime())
        #expect(try users.cachedUser(registered.id) == registered)
        // Somebody else deactivates the account, and memory has not heard of it.
        _ = try await world.store.setActive(false, user: registered.id, at: world.clock.now())
        world.clock.advance(1)
        #expect(try users.cachedUser(registered.id) == nil)
        let code = await world.code { () async throws(AuthError) in _ = try await users.currentUser(registered.id) }
        #expect(code == .userInactive)
        let required = await world.code { () async throws(AuthError) in try await core.requireActive(registered.id) }
        #expect(required == .userInactive)
    }
}

private struct ASCIIDomains: DomainEncoder {
    func asciiForm(of domain: String) -> String? { domain }
}
