/// What the services share: the ports, the policy, and what is kept in memory.
final class AuthCore: Sendable {
    let store: ObservedStore
    let hasher: any PasswordHasher
    let queued: QueuedMessages
    let time: any TimeSource
    let entropy: any Entropy
    let policy: AuthPolicy
    let emails: EmailPolicy
    let tokens: TokenService
    let revocations: RevocationIndex
    let cache: UserCache
    /// What cursors of lists are sealed with.
    let cursorKey: any DerivedKey
    let throttle: LoginThrottle
    let hashing: HashingMeter

    /// What hears of every committed change.
    var feed: ChangeFeed { store.feed }

    init(
        store: ObservedStore, hasher: any PasswordHasher, queued: QueuedMessages, time: any TimeSource,
        entropy: any Entropy, policy: AuthPolicy, emails: EmailPolicy, tokens: TokenService,
        revocations: RevocationIndex, cache: UserCache, attempts: ThrottleMemory, hashing: HashingMeter
    ) {
        self.store = store
        self.hasher = hasher
        self.queued = queued
        self.time = time
        self.entropy = entropy
        self.policy = policy
        self.emails = emails
        self.tokens = tokens
        self.revocations = revocations
        self.cache = cache
        self.hashing = hashing
        (hasher as? any MeasuredHasher)?.measure(with: hashing)
        cursorKey = tokens.signer.derivedKey(for: PageCursor<User>.purpose)
        throttle = LoginThrottle(
            memory: attempts, signer: tokens.signer, policy: policy, store: store, emails: emails, time: time,
            entropy: entropy)
    }

    /// Throws `USER_NOT_FOUND`, `USER_INACTIVE`.
    func requireActive(_ id: UserID) async throws(AuthError) {
        if revocations.isComplete, let user = cache[id], user.isActive { return }
        guard let user = try await store.user(id) else { throw AuthError(.userNotFound) }
        guard user.isActive else { throw AuthError(.userInactive) }
    }

    /// The account of an address as somebody typed it, and its canonical form if it has one.
    func user(addressed text: String) async throws(AuthError) -> (user: User?, canonical: Email?) {
        let canonical = emails.canonicalIfValid(text)
        return (try await store.user(spelled: EmailPolicy.trimmed(text), canonical: canonical), canonical)
    }

    /// What a new password makes of the failures of an account.
    func release(of id: UserID) async throws(AuthError) -> ThrottleRelease? {
        try await store.user(id).map { throttle.release(of: $0) }
    }

    /// The address that an emailed token is for. The Python library's tokens name none, and no generation: theirs is the
    /// account's own, if neither it nor the password was changed after `second`. Nil: the token is for no account.
    func address(of claims: Claims, unchangedSince second: Int64) async throws(AuthError) -> String? {
        if let address = claims.email { return address }
        guard claims.generation == nil, let user = try await store.user(claims.subject),
            user.passwordChangedAt.seconds <= second
        else { return nil }
        return user.email
    }

    /// After a change by somebody who tells nothing of it: what was read is forgotten, what can be read is read again, and
    /// until the tokens of before are dead the store is asked about each. Nothing else would know of a row that is gone.
    func distrustMemory() async {
        revocations.distrust(for: max(policy.accessTokenLifetime, RevocationSnapshot.longestAccessToken))
        cache.dropAll()
        try? await RevocationFollower(core: self, synchronized: {}).synchronize()
    }

    /// Puts a message to the stored address of an account that qualifies into the outbox. For any other address, one that
    /// breaks a rule too, the same is done with a row that goes to nobody.
    ///
    /// Throws `VALIDATION_ERROR` for what cannot be an address, before it is looked for.
    func send(
        _ kind: EmailMessage.Kind, to text: String, for caller: Caller,
        where qualifies: @escaping @Sendable (User) -> Bool
    ) async throws(AuthError) {
        let start = time.uptime()
        try emails.requireMailbox(text)
        let (user, canonical) = try await user(addressed: text)
        let message = tokens.message(
            kind, to: user, asked: canonical?.address ?? EmailPolicy.trimmed(text), app: caller.app)
        let (isSent, isLimited) = (policy.sendsEmail, policy.limitsEmails)
        let isAllowed = try await store.write { transaction in
            guard try transaction.enqueue(message, isLimited: isLimited, where: { isSent && qualifies($0) }) else {
                return false
            }
            if kind == .passwordReset { try transaction.recordResetRequest(message) }
            return true
        }
        if !isAllowed { queued.countSuppressed() }
        // It is committed: whoever is cancelled while he waits has been answered.
        await AnswerGrid.wait(since: start, time)
    }

    /// A notice of what is about to be done; nil where no such are sent.
    func notice(_ kind: EmailMessage.Kind, for app: String?) -> EmailNotice? {
        guard policy.sendsEmail, policy.notices.contains(kind) else { return nil }
        return EmailNotice(id: .random(from: entropy), kind: kind, app: app)
    }
}
