/// Complete authentication: accounts, passwords, sessions and tokens over a store.
///
/// ```swift
/// let system = try await AuthSystem(store: MemoryStore(), hasher: HashingPool(), signer: KeyRing(secret: key),
///                                   domains: IDN2DomainEncoder())
/// let user = try await system.users.register(email: "ada@example.org", password: Secret("correct horse battery"))
/// let pair = try await system.auth.login(email: "ada@example.org", password: Secret("correct horse battery"))
/// let claims = try await system.tokens.verify(pair.accessToken.reveal())
/// try await system.auth.logout(claims)
/// ```
public struct AuthSystem: Sendable {
    let core: AuthCore

    public var auth: AuthService { AuthService(core: core) }
    public var users: UserService { UserService(core: core) }
    public var passwords: PasswordService { PasswordService(core: core) }
    public var sessions: SessionService { SessionService(core: core) }
    public var emails: EmailService { EmailService(core: core) }
    public var administration: AccountAdministration { AccountAdministration(core: core) }
    public var audit: AuditService { AuditService(core: core) }
    public var tokens: TokenService { core.tokens }
    public var policy: AuthPolicy { core.policy }
    package var signsQuickly: Bool { core.tokens.signer.signsQuickly }

    /// Loads what may make a token dead; throws `STORAGE_UNAVAILABLE` when the store does not answer. A store that others
    /// write too is not waited for: call `follow()`.
    public init(
        store: any AuthStore, hasher: any PasswordHasher, signer: any TokenSigner, domains: any DomainEncoder,
        policy: AuthPolicy = AuthPolicy(), time: any TimeSource = SystemTime(),
        entropy: any Entropy = SystemEntropy(), cachedUsers: Int = 10_000
    ) async throws(AuthError) {
        let isShared = store is any SharedAuthStore
        let revocations = RevocationIndex(time: time, isShared: isShared)
        if !isShared {
            try await store.ping()
            revocations.load(try await store.revocations(at: time.now()), readAt: revocations.changes)
        }
        let cache = UserCache(capacity: cachedUsers)
        let queued = QueuedMessages()
        let observed = ObservedStore(
            base: store, feed: ChangeFeed([revocations, cache, queued]), revocations: revocations, time: time,
            entropy: entropy, keepsEvents: policy.keepsEvents)
        let tokens = TokenService(
            signer: signer, policy: policy, time: time, entropy: entropy, revocations: revocations, store: observed)
        core = AuthCore(
            store: observed, hasher: hasher, queued: queued, time: time, entropy: entropy, policy: policy,
            emails: EmailPolicy(domains: domains), tokens: tokens, revocations: revocations, cache: cache,
            attempts: ThrottleMemory(entropy: entropy), hashing: HashingMeter())
    }

    /// The same accounts under another configuration: store, revocations and what is in memory stay.
    public init(
        reconfiguring system: AuthSystem, hasher: any PasswordHasher, signer: any TokenSigner, policy: AuthPolicy
    ) {
        let old = system.core
        var store = old.store
        store.keepsEvents = policy.keepsEvents
        core = AuthCore(
            store: store, hasher: hasher, queued: old.queued, time: old.time, entropy: old.entropy, policy: policy,
            emails: old.emails,
            tokens: TokenService(
                signer: signer, policy: policy, time: old.time, entropy: old.entropy, revocations: old.revocations,
                store: store),
            revocations: old.revocations, cache: old.cache, attempts: old.throttle.memory, hashing: old.hashing)
    }

    /// Keeps memory in step with a store that others write too, or may write, until the task is cancelled. Without it every check of a
    /// token asks such a store.
    ///
    /// - Parameter synchronized: called whenever everything has been read, for the first time or again.
    /// - Throws: why the store can never be used.
    public func follow(synchronized: @escaping @Sendable () -> Void = {}) async throws {
        guard let store = core.store.base as? any SharedAuthStore else {
            synchronized()
            await (core.store.base as? any WatchedAuthStore)?.watch { await core.distrustMemory() }
            return
        }
        try await store.follow(RevocationFollower(core: core, synchronized: synchronized))
    }

    /// Forgets what is in memory and counts no more, by both clocks.
    public func purgeMemory() {
        core.revocations.purge()
    }

    /// Removes rows and entries that nothing can refer to any more, in small batches. Returns how many rows went.
    ///
    /// - Parameter now: the time to go by; nil is the wall clock's. Rows that were made under the right time are lost to a
    ///   clock that is far ahead.
    @discardableResult
    public func purge(at now: Timestamp? = nil, batch: Int = 500) async throws(AuthError) -> Int {
        purgeMemory()
        let now = now ?? core.time.now()
        let (end, old) = (now - Self.purgeDelay, now - core.policy.auditDays * 86_400)
        let rows = try await remove(by: batch) { () async throws(AuthError) in
            try await core.store.purge(expiredBefore: end, limit: batch)
        }
        let events = try await remove(by: batch) { () async throws(AuthError) in
            try await core.store.write { try $0.purgeEvents(before: old, unknownBefore: end, limit: batch) }
        }
        return rows + events
    }

    /// Removes one batch after another, until one is not full or the task is cancelled.
    private func remove(
        by batch: Int, _ removed: () async throws(AuthError) -> Int
    ) async throws(AuthError) -> Int {
        var total = 0
        while true {
            let count = try await removed()
            total += count
            if count < batch || Task.isCancelled { return total }
        }
    }

    /// Tells the hasher how most stored passwords were hashed, so that an unknown address costs the same. To be called
    /// at the start, under a new configuration, and from time to time. A store that does not answer is asked again.
    public func learnPasswordForm() async {
        guard let form = try? await core.store.read({ try $0.usualPasswordForm() }) else { return }
        core.hasher.expect(form)
    }

    /// Tells of every attempt to sign in that failed or was turned away.
    package func observeLogins(_ observer: @escaping @Sendable (LoginReport) -> Void) {
        core.throttle.memory.observer.observe(observer)
    }

    /// Tells of everything that is noted, once it is committed. Whether rows are kept of it does not matter.
    package func observeEvents(_ observer: @escaping @Sendable ([AuthEvent]) -> Void) {
        core.store.log.observe(observer)
    }

    /// How often far more logins failed than succeeded, since the start.
    package var attacks: Int { core.throttle.memory.attacks }

    /// How often each layer has turned somebody away since the start.
    package var throttled: [ThrottleLayer: Int] { core.throttle.memory.throttled }

    /// Proves that the store answers.
    public func ping() async throws(AuthError) {
        try await core.store.ping()
    }

    /// Seconds that expired rows are kept, against clocks that are set back.
    private static let purgeDelay: Int64 = 86_400
}
