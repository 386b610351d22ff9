/// Signs people in and out.
public struct AuthService: Sendable {
    let core: AuthCore

    /// What is known of the device that calls.
    public struct Device: Sendable {
        public var info: String?
        public var ipAddress: String?
        /// What an earlier login from it was given. One that is not valid any more is as good as none.
        public var token: Secret?
        /// Whether the login is to give such a token.
        public var isRemembered: Bool

        public init(
            info: String? = nil, ipAddress: String? = nil, token: Secret? = nil, isRemembered: Bool = false
        ) {
            self.info = info
            self.ipAddress = ipAddress
            self.token = token
            self.isRemembered = isRemembered
        }
    }

    /// Exchanges an email address and a password for a new session.
    ///
    /// Unknown address, wrong password and inactive user cost the same and answer `INVALID_CREDENTIALS`;
    /// `EMAIL_NOT_VERIFIED` is said only after the right password. `RATE_LIMITED` is said before the password is looked at,
    /// after as many failures whether or not there is an account; it names what would let the caller through.
    public func login(
        email: String, password: Secret, device: Device = Device(), for caller: Caller = .local
    ) async throws(AuthError) -> TokenPair {
        guard PasswordPolicy.isPlausible(password), email.utf8.count <= 4 * EmailPolicy.maximumBytes else {
            throw AuthError(.invalidCredentials)
        }
        let attempt = try await core.throttle.admit(
            email, from: device.ipAddress, deviceToken: device.token, for: caller)
        defer { core.throttle.leave(attempt) }
        let user = attempt.subject.user
        // An inactive account is as good as none: its hash would tell, by its cost, of the right password.
        let stored = user?.isActive == true ? user?.passwordHash.comparable : nil
        let verdict = try await undoing(attempt) { () async throws(AuthError) in
            try await core.hasher.verify(password, against: stored, for: caller.name)
        }
        guard case .match(let needsRehash) = verdict, let user, user.isActive else {
            try await core.throttle.fail(attempt, password)
            throw AuthError(.invalidCredentials)
        }
        if core.policy.requiresVerifiedEmail, !user.isVerified {
            core.throttle.noteUnverified(attempt)
            try await core.throttle.giveBack(attempt)
            throw AuthError(.emailNotVerified)
        }
        let rehashed = try await undoing(attempt) { () async throws(AuthError) in
            needsRehash ? try await core.hasher.hash(password, for: caller.name) : nil
        }
        var pair = try await begin(
            for: user, rehashed: rehashed, release: core.throttle.release(attempt), device: device, caller)
        if device.isRemembered {
            pair.deviceToken = try core.throttle.devices.make(for: user, account: attempt.account, caller)
        }
        return pair
    }

    /// What is not done is not counted. A password that was looked at is, though nobody waited for the answer.
    private func undoing<Value>(
        _ attempt: LoginAttempt, _ body: () async throws(AuthError) -> Value
    ) async throws(AuthError) -> Value {
        do throws(AuthError) {
            return try await body()
        } catch {
            if error.executed {
                try await core.throttle.count(attempt)
            } else {
                try await core.throttle.giveBack(attempt)
            }
            throw error
        }
    }

    private func begin(
        for user: User, rehashed: PasswordHash?, release: ThrottleRelease?, device: Device, _ caller: Caller
    ) async throws(AuthError) -> TokenPair {
        let policy = core.policy
        let now = core.time.now()
        let id = SessionID.random(from: core.entropy)
        let absolute = now + policy.sessionAbsoluteLifetime
        let pair = try core.tokens.pair(
            of: TokenService.Generation(
                user: user.id, session: id, number: 0, issuedAt: now, app: caller.app,
                audience: core.tokens.audience(for: caller)),
            absoluteEnd: absolute)
        let session = Session(
            id: id, userID: user.id, refreshTokenHash: core.tokens.signer.sha256(pair.refreshToken.reveal()),
            deviceInfo: device.info, ipAddress: device.ipAddress, createdAt: now, lastUsedAt: now,
            expiresAt: core.tokens.refreshExpiry(of: now, absolute), absoluteExpiresAt: absolute,
            accessExpiresAt: core.tokens.accessExpiry(of: now, absolute), app: caller.app)
        let start = SessionStart(
            session: session, verified: user.passwordHash, rehashed: rehashed, limit: policy.maximumSessionsPerUser,
            release: release)
        switch try await core.store.begin(start) {
        case .begun: return pair
        case .refused: throw AuthError(.invalidCredentials)
        }
    }

    /// Exchanges a refresh token for its successor pair.
    ///
    /// A session that an app began is refreshed by that app only; to any other its tokens are invalid.
    ///
    /// - Parameter idempotencyKey: the same key with the same token, within 60 seconds, gets the same pair again.
    /// - Throws: `RATE_LIMITED` where one session is refreshed more than once a second, beyond 20;
    ///   `TOKEN_REUSE` after the endangered sessions have durably ended; `TOKEN_REVOKED`, `TOKEN_EXPIRED`,
    ///   `USER_INACTIVE`, `TOKEN_INVALID` without any effect.
    public func refresh(
        _ refreshToken: Secret, device: Device = Device(), idempotencyKey: String? = nil, for caller: Caller = .local
    ) async throws(AuthError) -> TokenPair {
        let (claims, session) = try check(refreshToken, for: caller)
        try core.throttle.admitRefresh(of: session, for: caller)
        let presented: Rotation.Presented
        if let generation = claims.generation {
            presented = .generation(generation)
        } else {
            guard let stored = try await core.store.session(session) else { throw AuthError(.tokenInvalid) }
            presented = .hash(core.tokens.signer.sha256(refreshToken.reveal()), generation: stored.generation)
        }
        let current =
            switch presented {
            case .generation(let generation), .hash(_, let generation): generation
            }
        guard current < .max else { throw AuthError(.tokenInvalid) }
        let now = core.time.now()
        func generation(_ number: Int64, at issuedAt: Timestamp) -> TokenService.Generation {
            TokenService.Generation(
                user: claims.subject, session: session, number: number, issuedAt: issuedAt, app: claims.app,
                audience: claims.audience)
        }
        let next = generation(current + 1, at: now)
        func exchange(until end: Timestamp) async throws(AuthError) -> (Secret, RotationOutcome) {
            let successor = try core.tokens.refreshToken(of: next, until: end)
            let rotation = Rotation(
                session: session, user: claims.subject, presented: presented,
                keyHash: idempotencyKey.map { core.tokens.signer.sha256($0) },
                successorHash: core.tokens.signer.sha256(successor.reveal()),
                deviceInfo: device.info, ipAddress: device.ipAddress, now: now, idleExpiry: end,
                accessExpiresAt: now + core.policy.accessTokenLifetime, leewaySeconds: core.policy.refreshLeeway,
                reuseEnds: core.policy.reuseEnds, notice: core.notice(.sessionsEnded, for: caller.app))
            return (successor, try await core.store.rotate(rotation))
        }
        var (successor, outcome) = try await exchange(until: now + core.policy.usableRefreshLifetime)
        // The absolute end of a session is never moved: what ends with it does not outlive it.
        if case .outlives(let absoluteEnd) = outcome {
            (successor, outcome) = try await exchange(until: absoluteEnd)
        }
        switch outcome {
        case .outlives: throw AuthError(.internalError)
        case .rotated(let absoluteEnd):
            core.throttle.countRefresh(of: session)
            return try core.tokens.pair(of: next, refreshToken: successor, absoluteEnd: absoluteEnd)
        case .replayed(let stored):
            return try core.tokens.pair(
                of: generation(stored.generation, at: stored.lastUsedAt), absoluteEnd: stored.absoluteExpiresAt)
        case .reused: throw AuthError(.tokenReuse, executed: true)
        case .refused(.unknown): throw AuthError(.tokenInvalid)
        case .refused(.revoked): throw AuthError(.tokenRevoked)
        case .refused(.expired): throw AuthError(.tokenExpired)
        case .refused(.inactive): throw AuthError(.userInactive)
        }
    }

    /// What a refresh token says, and the session that it names. Throws `TOKEN_INVALID` or `TOKEN_EXPIRED`.
    private func check(
        _ refreshToken: Secret, for caller: Caller
    ) throws(AuthError) -> (claims: Claims, session: SessionID) {
        let claims = try core.tokens.check(
            refreshToken.reveal(), kind: .refresh, audience: core.tokens.audience(for: caller))
        guard claims.app.map({ caller.owns(app: $0) }) ?? true, let session = claims.sessionID else {
            throw AuthError(.tokenInvalid)
        }
        return (claims, session)
    }

    /// Ends the session of an access token and blocks the token itself.
    public func logout(_ claims: Claims) async throws(AuthError) {
        let token = BlockedToken(
            tokenID: claims.tokenID, kind: .access, expiresAt: Timestamp(seconds: claims.expiresAt))
        try await core.store.logout(
            blocking: token, ending: claims.sessionID, of: claims.subject, at: core.time.now())
    }

    /// Ends the session of a refresh token, so that an expired access token keeps none alive.
    ///
    /// Any token of the session will do, used ones too: all that its holder can do with it is to end this one session,
    /// while a refresh with a used token ends all of them.
    ///
    /// Throws `TOKEN_INVALID`, `TOKEN_EXPIRED`, and `TOKEN_REVOKED` when the session has ended before.
    public func logout(refreshToken: Secret, for caller: Caller = .local) async throws(AuthError) {
        let (claims, session) = try check(refreshToken, for: caller)
        let now = core.time.now()
        let ended = try await core.store.write {
            try $0.revoke(session, of: claims.subject, because: .logout, at: now)
        }
        if ended != nil { return }
        guard let stored = try await core.store.session(session), stored.userID == claims.subject else {
            throw AuthError(.tokenInvalid)
        }
        throw AuthError(stored.isRevoked ? .tokenRevoked : .tokenExpired)
    }

    /// Ends every session of a user. Returns how many there were.
    public func logoutAll(_ user: UserID) async throws(AuthError) -> Int {
        try await core.requireActive(user)
        let now = core.time.now()
        return try await core.store.write { try $0.revokeAll(of: user, at: now) }.count
    }
}
