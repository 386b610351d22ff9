/// Creates accounts and proves their addresses.
public struct UserService: Sendable {
    let core: AuthCore

    /// Creates an account, and its verification message with it.
    ///
    /// Throws `VALIDATION_ERROR` for the address, `PASSWORD_VALIDATION`, `USER_EXISTS`, and `RATE_LIMITED` where one network
    /// creates too many.
    ///
    /// - Parameter ipAddress: where the owner is.
    @discardableResult
    public func register(
        email: String, password: Secret, ipAddress: String? = nil, for caller: Caller = .local
    ) async throws(AuthError) -> User {
        let email = try core.emails.canonical(email)
        try core.policy.password.check(password, field: "password", email: email.spelling)
        try core.throttle.admitRegistration(from: ipAddress, for: caller)
        let hash = try await core.hasher.hash(password, for: caller.name)
        let now = core.time.now()
        let user = User(
            id: .random(from: core.entropy), email: email.spelling, canonicalEmail: email.address, passwordHash: hash,
            createdAt: now, updatedAt: now, passwordChangedAt: now)
        let message = core.tokens.message(.verification, to: user, asked: nil, app: caller.app)
        let isSent = core.policy.sendsEmail
        let account = core.throttle.account(of: user)
        try await core.store.write { transaction in
            try transaction.create(user)
            // Whoever failed at the address before there was an account has not closed it.
            try transaction.forget(throttles: [account])
            if isSent { try transaction.enqueue(message) }
        }
        return user
    }

    /// Marks the address of a verification token verified, if it is still the account's. A token of the Python library
    /// names no address: it is for the one that the account has had since before the token was made.
    ///
    /// Throws `INVALID_VERIFICATION_TOKEN`, `ALREADY_VERIFIED`, `USER_INACTIVE`.
    public func verifyEmail(token: Secret) async throws(AuthError) -> User {
        let claims = try core.tokens.checkEmailed(token.reveal(), kind: .emailVerify)
        guard let address = try await core.address(of: claims, unchangedSince: claims.issuedAt) else {
            throw AuthError(.invalidVerificationToken)
        }
        let now = core.time.now()
        switch try await core.store.write({ try $0.verifyEmail(of: claims.subject, address: address, at: now) }) {
        case .verified(let user): return user
        case .alreadyVerified: throw AuthError(.alreadyVerified)
        case .inactive: throw AuthError(.userInactive)
        case .mismatch: throw AuthError(.invalidVerificationToken)
        }
    }

    /// Puts a new verification message into the outbox, if the address is that of an active, unverified account. The caller is told
    /// nothing about that, by answer or by time.
    public func resendVerification(email: String, for caller: Caller = .local) async throws(AuthError) {
        try await core.send(.verification, to: email, for: caller) { $0.isActive && !$0.isVerified }
    }

    /// The account, from memory when it was read lately. Throws `USER_NOT_FOUND`, `USER_INACTIVE`.
    public func currentUser(_ id: UserID) async throws(AuthError) -> User {
        if let user = try cachedUser(id) { return user }
        let changes = core.cache.changes
        guard let user = try await core.store.user(id) else { throw AuthError(.userNotFound) }
        guard user.isActive else { throw AuthError(.userInactive) }
        core.cache.insert(user, readAt: changes)
        return user
    }

    /// The account if it is in memory, where nothing has been missed. Throws `USER_INACTIVE`.
    public func cachedUser(_ id: UserID) throws(AuthError) -> User? {
        guard core.revocations.isComplete, let user = core.cache[id] else { return nil }
        guard user.isActive else { throw AuthError(.userInactive) }
        return user
    }

    /// The account of an address, active or not: by its exact spelling first, then by its canonical form. Throws
    /// `USER_NOT_FOUND`, also for what is no address.
    public func find(email: String) async throws(AuthError) -> User {
        guard let user = try await core.user(addressed: email).user else { throw AuthError(.userNotFound) }
        return user
    }

    /// Activates or deactivates an account; a deactivated user can do nothing, at once. Throws `USER_NOT_FOUND`.
    @discardableResult
    public func setActive(_ active: Bool, user id: UserID) async throws(AuthError) -> User {
        guard let change = try await core.store.update(AccountUpdate(of: id, isActive: active, at: core.time.now()))
        else { throw AuthError(.userNotFound) }
        return change.user
    }

    /// Deletes an account and everything that belongs to it. Throws `USER_NOT_FOUND`.
    public func delete(_ id: UserID) async throws(AuthError) {
        let now = core.time.now()
        let until = now + core.policy.accessTokenLifetime
        guard try await core.store.write({ try $0.delete(id, tombstoneUntil: until, at: now) }) != nil else {
            throw AuthError(.userNotFound)
        }
    }
}
