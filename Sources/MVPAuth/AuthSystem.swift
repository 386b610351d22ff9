/// Complete authentication: accounts, passwords, sessions and tokens over a store.
///
/// ```swift
/// let system = try await AuthSystem(store: MemoryStore(), hasher: HashingPool(), signer: KeyRing(secret: key),
///                                   domains: IDN2DomainEncoder())
/// let user = try await system.users.register(email: "ada@example.org", password: Secret("correct horse battery"))
/// let pair = try await system.auth.login(email: "ada@example.org", password: Secret("correct horse battery"))
/// let claims = try system.tokens.verify(pair.accessToken.reveal())
/// try await system.auth.logout(claims)
/// ```
public struct AuthSystem: Sendable {
    public let auth: AuthService
    public let users: UserService
    public let passwords: PasswordService
    public let sessions: SessionService
    public let tokens: TokenService
    public let policy: AuthPolicy

    private let core: AuthCore

    /// Loads what may make a token dead; throws `STORAGE_UNAVAILABLE` when the store does not answer.
    public init(
        store: any AuthStore, hasher: any PasswordHasher, signer: any TokenSigner, domains: any DomainEncoder,
        outbox: any EmailOutbox = NoEmail(), policy: AuthPolicy = AuthPolicy(), time: any TimeSource = SystemTime(),
        entropy: any Entropy = SystemEntropy(), cachedUsers: Int = 10_000
    ) async throws(AuthError) {
        let revocations = RevocationIndex(time: time)
        try await store.ping()
        revocations.load(try await store.revocations(at: time.now()))
        let tokens = TokenService(
            signer: signer, policy: policy, time: time, entropy: entropy, revocations: revocations)
        let core = AuthCore(
            store: store, hasher: hasher, outbox: outbox, time: time, entropy: entropy, policy: policy,
            emails: EmailPolicy(domains: domains), tokens: tokens, revocations: revocations,
            cache: UserCache(capacity: cachedUsers))
        self.core = core
        self.tokens = tokens
        self.policy = policy
        auth = AuthService(core: core)
        users = UserService(core: core)
        passwords = PasswordService(core: core)
        sessions = SessionService(core: core)
    }

    /// Removes rows and entries that nothing can refer to any more, in small batches. Returns how many rows went.
    @discardableResult
    public func purge(batch: Int = 500) async throws(AuthError) -> Int {
        core.revocations.purge()
        var total = 0
        while true {
            let count = try await core.store.purge(expiredBefore: core.time.now() - Self.purgeDelay, limit: batch)
            total += count
            if count < batch || Task.isCancelled { return total }
        }
    }

    /// Proves that the store answers.
    public func ping() async throws(AuthError) {
        try await core.store.ping()
    }

    /// Seconds that expired rows are kept, against clocks that are set back.
    private static let purgeDelay: Int64 = 86_400
}
