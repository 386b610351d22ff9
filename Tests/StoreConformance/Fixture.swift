internal import MVPAuth
internal import Testing

/// A store, and short words for what the cases do with it.
struct Fixture: Sendable {
    let store: any AuthStore
    let start = Timestamp(microseconds: 1_772_366_400_123_456)
    let hash = PasswordHash("$2b$04$verified")

    func user(
        _ email: String = "ada@example.org", canonical: String? = nil, hash: PasswordHash? = nil, isActive: Bool = true,
        at instant: Timestamp? = nil
    ) async throws -> User {
        let user = User(
            id: .random(from: SystemEntropy()), email: email, canonicalEmail: canonical,
            passwordHash: hash ?? self.hash,
            isActive: isActive, createdAt: instant ?? start, updatedAt: start, passwordChangedAt: start)
        try await store.create(user)
        return user
    }

    func newSession(
        of user: User, at now: Timestamp? = nil, expires: Timestamp? = nil, absolute: Timestamp? = nil,
        access: Timestamp? = nil, tokenHash: String = "token-0", app: String? = "forum"
    ) -> Session {
        let now = now ?? start
        return Session(
            id: .random(from: SystemEntropy()), userID: user.id, refreshTokenHash: tokenHash,
            deviceInfo: "Firefox", ipAddress: "192.0.2.1", createdAt: now, lastUsedAt: now,
            expiresAt: expires ?? now + 1000, absoluteExpiresAt: absolute ?? now + 10_000,
            accessExpiresAt: access ?? now + 900, app: app)
    }

    @discardableResult
    func begin(
        _ session: Session, hash: PasswordHash? = nil, rehashed: PasswordHash? = nil, limit: Int = 100
    ) async throws -> SessionStartOutcome {
        try await store.begin(
            SessionStart(session: session, verified: hash ?? self.hash, rehashed: rehashed, limit: limit))
    }

    /// A live session of a user.
    func session(of user: User, at now: Timestamp? = nil) async throws -> Session {
        let session = newSession(of: user, at: now)
        #expect(try await begin(session) == .begun(ended: []))
        return session
    }

    func forgetSessions(of user: User) async throws {
        try await store.write { _ = try $0.delete(Query<Session>().where(\.userID, user.id)) }
    }

    func rotation(
        of session: Session, _ presented: Rotation.Presented, at now: Timestamp? = nil, key: String? = nil,
        leeway: Int64 = 0, user: UserID? = nil, reuseEnds: Rotation.ReuseScope = .user, device: String? = nil,
        until end: Timestamp? = nil
    ) -> Rotation {
        let now = now ?? start + 10
        return Rotation(
            session: session.id, user: user ?? session.userID, presented: presented, keyHash: key,
            successorHash: "token-next", deviceInfo: device, ipAddress: nil, now: now,
            idleExpiry: end ?? now + 1000, accessExpiresAt: now + 900, leewaySeconds: leeway, reuseEnds: reuseEnds)
    }

    /// A message that the outbox does not hold yet.
    func newMessage(to user: User?, asked address: String? = nil, state: EmailMessage.State = .pending) -> EmailMessage
    {
        EmailMessage(
            id: .random(from: SystemEntropy()), kind: .verification, userID: user?.id, addressKey: address,
            address: user?.email ?? address ?? "", app: nil, createdAt: start, expiresAt: start + 1000, state: state)
    }

    func queue(to user: User?, asked address: String? = nil, state: EmailMessage.State) async throws {
        let message = newMessage(to: user, asked: address, state: state)
        try await store.write { try Transaction($0).enqueue(message) }
    }

    func liveCount(of user: User, at now: Timestamp? = nil) async throws -> Int {
        try await store.liveSessions(of: user.id, limit: 1000, at: now ?? start + 20).count
    }

    func email(_ text: String) throws -> Email {
        try EmailPolicy(domains: PlainDomains()).canonical(text)
    }

    func reset(
        of user: User, token: String = "reset-token", validity: PasswordReset.Validity = .generation(0),
        to hash: PasswordHash = PasswordHash("$2b$04$reset"), address: String? = nil
    ) -> PasswordReset {
        PasswordReset(
            user: user.id,
            token: BlockedToken(tokenID: token, kind: .passwordReset, expiresAt: start + 3600),
            address: address ?? user.email, validity: validity, to: hash, now: start + 30)
    }
}

private struct PlainDomains: DomainEncoder {
    func asciiForm(of domain: String) -> String? { domain.lowercased() }
}
