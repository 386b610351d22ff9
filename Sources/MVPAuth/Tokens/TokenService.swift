/// Makes tokens and says whether one is alive.
public final class TokenService: Sendable {
    let signer: any TokenSigner
    let policy: AuthPolicy
    let time: any TimeSource
    let entropy: any Entropy
    let revocations: RevocationIndex
    let store: ObservedStore

    init(
        signer: any TokenSigner, policy: AuthPolicy, time: any TimeSource, entropy: any Entropy,
        revocations: RevocationIndex, store: ObservedStore
    ) {
        self.signer = signer
        self.policy = policy
        self.time = time
        self.entropy = entropy
        self.revocations = revocations
        self.store = store
    }

    /// Seconds that another host's clock may be ahead of ours. A token that we signed is from further in the future only
    /// when our own clock was wrong: nobody is signed out for that.
    private static let clockSkew: Int64 = 60

    /// Checks an access token: signature, kind, issuer, audience, time, revocation. The store is asked only where memory
    /// may have missed what others wrote.
    ///
    /// Throws `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `USER_INACTIVE` or `STORAGE_UNAVAILABLE`.
    public func verify(_ accessToken: String, for caller: Caller = .local) async throws(AuthError) -> Claims {
        let (claims, isCertain) = try lookUp(accessToken, for: caller)
        if !isCertain {
            if let rejection = try await store.rejection(of: claims) { throw AuthError(rejection) }
            if isAhead(claims), let rejection = try await rejectionOfOneAhead(claims) { throw AuthError(rejection) }
        }
        return claims
    }

    /// Whether a token was issued while our clock was ahead of what it says now.
    private func isAhead(_ claims: Claims) -> Bool { claims.issuedAt > time.now().seconds + Self.clockSkew }

    /// Why a token that was issued under a clock ahead is dead, besides what kills any. It lives until its session has
    /// been refreshed under the clock as it is now; one without a session, until something ended such tokens of its user:
    /// it cannot be said whether that came before it.
    private func rejectionOfOneAhead(_ claims: Claims) async throws(AuthError) -> AuthError.Code? {
        guard let id = claims.sessionID else {
            return try await store.user(claims.subject)?.revokedBefore == nil ? nil : .tokenRevoked
        }
        guard let session = try await store.session(id) else { return .tokenRevoked }
        return session.lastUsedAt.seconds < claims.issuedAt - Self.clockSkew ? .tokenExpired : nil
    }

    /// The same from memory alone. Nil: the store has to be asked.
    public func verifyFromMemory(_ accessToken: String, for caller: Caller = .local) throws(AuthError) -> Claims? {
        let (claims, isCertain) = try lookUp(accessToken, for: caller)
        return isCertain ? claims : nil
    }

    /// What memory knows of an access token that is not known to be dead.
    private func lookUp(
        _ accessToken: String, for caller: Caller
    ) throws(AuthError) -> (claims: Claims, isCertain: Bool) {
        // Asked first: what memory learns during the look-up does not vouch for it.
        let isComplete = revocations.isComplete
        let claims = try check(accessToken, kind: .access, audience: audience(for: caller))
        if let rejection = revocations.rejection(of: claims) { throw AuthError(rejection) }
        return (claims, isComplete && !isAhead(claims))
    }

    /// Checks everything that the token itself says. Throws `TOKEN_INVALID` or `TOKEN_EXPIRED`.
    func check(_ token: String, kind: TokenKind, audience: String?) throws(AuthError) -> Claims {
        let claims = try signer.verify(token)
        let now = time.now().seconds
        guard claims.kind == kind, isIssued(claims), areEqual(claims.audience, audience),
            claims.issuedAt <= max(now + Self.clockSkew, claims.expiresAt),
            claims.notBefore ?? .min <= max(now, claims.issuedAt) + Self.clockSkew
        else { throw AuthError(.tokenInvalid) }
        guard now < claims.expiresAt else { throw AuthError(.tokenExpired) }
        return claims
    }

    /// Checks a token that came by email. One answer for forged, expired and foreign: `INVALID_VERIFICATION_TOKEN`.
    func checkEmailed(_ token: String, kind: TokenKind) throws(AuthError) -> Claims {
        do {
            return try check(token, kind: kind, audience: policy.audience)
        } catch {
            guard error.code == .tokenInvalid || error.code == .tokenExpired else { throw error }
            throw kind == .passwordReset ? .invalidResetToken : AuthError(.invalidVerificationToken)
        }
    }

    /// The tokens of a session's generation. The same generation has the same claims, so that its pair can be given again.
    struct Generation {
        let user: UserID
        let session: SessionID
        let number: Int64
        let issuedAt: Timestamp
        let app: String?
        let audience: String?
    }

    func refreshToken(of generation: Generation, until end: Timestamp) throws(AuthError) -> Secret {
        try signer.sign(claims(.refresh, of: generation, until: end))
    }

    /// The whole pair. No token lives beyond the absolute end of its session.
    func pair(
        of generation: Generation, refreshToken: Secret? = nil, absoluteEnd: Timestamp
    ) throws(AuthError) -> TokenPair {
        let access = claims(.access, of: generation, until: accessExpiry(of: generation.issuedAt, absoluteEnd))
        let refresh: Secret
        if let refreshToken {
            refresh = refreshToken
        } else {
            refresh = try self.refreshToken(of: generation, until: refreshExpiry(of: generation.issuedAt, absoluteEnd))
        }
        return TokenPair(
            accessToken: try signer.sign(access), refreshToken: refresh,
            expiresIn: access.expiresAt - access.issuedAt)
    }

    /// When an access token that is made now expires.
    func accessExpiry(of issuedAt: Timestamp, _ absoluteEnd: Timestamp) -> Timestamp {
        min(issuedAt + policy.accessTokenLifetime, absoluteEnd)
    }

    /// When a refresh token that is made now expires, and its session if it is not used.
    func refreshExpiry(of issuedAt: Timestamp, _ absoluteEnd: Timestamp) -> Timestamp {
        min(issuedAt + policy.usableRefreshLifetime, absoluteEnd)
    }

    private func claims(_ kind: TokenKind, of generation: Generation, until end: Timestamp) -> Claims {
        let digest = signer.sha256("\(kind.rawValue):\(generation.session):\(generation.number)")
        return Claims(
            kind: kind, subject: generation.user, tokenID: String(decoding: digest.utf8.prefix(32), as: UTF8.self),
            issuedAt: generation.issuedAt.seconds, expiresAt: end.seconds, sessionID: generation.session,
            generation: kind == .refresh ? generation.number : nil, issuer: policy.issuer,
            audience: generation.audience, app: generation.app)
    }

    /// A message as it is handed over: with a token bound to the address that is stored now and, for a reset, to the
    /// password. However often it is handed over, its tokens are one: they have the same identifier and are used once.
    func event(
        _ message: EmailMessage, for user: User?, _ delivery: EmailDeliveryID
    ) throws(AuthError) -> EmailEvent {
        var token: Secret?
        if message.kind.hasToken, let user {
            let isReset = message.kind == .passwordReset
            token = try signer.sign(
                Claims(
                    kind: isReset ? .passwordReset : .emailVerify, subject: user.id, tokenID: message.id.hex,
                    issuedAt: time.now().seconds, expiresAt: message.expiresAt.seconds,
                    generation: isReset ? user.passwordGeneration : nil, email: user.email,
                    issuer: policy.issuer, audience: policy.audience))
        }
        return EmailEvent(
            delivery: delivery, kind: message.kind, email: message.address, token: token, userID: user?.id,
            app: message.app, createdAt: message.createdAt, expiresAt: message.expiresAt)
    }

    /// A message that anybody may ask for, to an account or to nobody.
    func message(
        _ kind: EmailMessage.Kind, to user: User?, asked address: String?, app: String?
    ) -> EmailMessage {
        let now = time.now()
        let lifetime = kind == .passwordReset ? policy.resetTokenLifetime : policy.verificationTokenLifetime
        return EmailMessage(
            id: .random(from: entropy), kind: kind, userID: user?.id, addressKey: address,
            address: user?.mailAddress ?? address ?? "", app: app, createdAt: now, expiresAt: now + lifetime)
    }

    /// What the claim `aud` of a caller's tokens says.
    func audience(for caller: Caller) -> String? { caller.audience ?? policy.audience }

    private func isIssued(_ claims: Claims) -> Bool {
        policy.issuer == nil || areEqual(claims.issuer, policy.issuer)
    }

    /// Byte for byte. An audience where none is expected is not for us (RFC 7519 §4.1.3).
    private func areEqual(_ claim: String?, _ expected: String?) -> Bool {
        guard let claim, let expected else { return claim == nil && expected == nil }
        return claim.utf8.elementsEqual(expected.utf8)
    }
}
