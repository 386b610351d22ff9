/// Shows people their devices and signs one of them out.
public struct SessionService: Sendable {
    let core: AuthCore

    /// The live sessions, the latest used first, at most `AuthPolicy.maximumSessionsPerUser`.
    public func list(of user: UserID) async throws(AuthError) -> [Session] {
        try await core.requireActive(user)
        let (limit, now) = (core.policy.maximumSessionsPerUser, core.time.now())
        return try await core.store.read { try $0.liveSessions(of: user, limit: limit, at: now) }
    }

    /// Ends one session of the user. Throws `SESSION_NOT_FOUND` for any session that is not a live one of theirs.
    public func revoke(_ session: SessionID, of user: UserID) async throws(AuthError) {
        try await core.requireActive(user)
        let now = core.time.now()
        guard try await core.store.write({ try $0.revoke(session, of: user, at: now) }) != nil else {
            throw AuthError(.sessionNotFound)
        }
    }
}
