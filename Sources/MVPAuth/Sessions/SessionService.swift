/// Shows people their devices and signs one of them out.
public struct SessionService: Sendable {
    let core: AuthCore

    /// The live sessions, the latest used first, at most `AuthPolicy.maximumSessionsPerUser`.
    public func list(of user: UserID) async throws(AuthError) -> [Session] {
        try await core.requireActive(user)
        return try await core.store.liveSessions(
            of: user, limit: core.policy.maximumSessionsPerUser, at: core.time.now())
    }

    /// Ends one session of the user. Throws `SESSION_NOT_FOUND` for any session that is not a live one of theirs.
    public func revoke(_ session: SessionID, of user: UserID) async throws(AuthError) {
        try await core.requireActive(user)
        guard try await core.store.revoke(session, of: user, at: core.time.now()) != nil else {
            throw AuthError(.sessionNotFound)
        }
    }
}
