/// A store whose committed changes are published: the only one that services write to, so that none of them can forget.
struct ObservedStore: AuthStore {
    let base: any AuthStore
    let feed: ChangeFeed
    let revocations: RevocationIndex

    // What reads.

    func ping() async throws(AuthError) { try await base.ping() }

    func close() async { await base.close() }

    func user(_ id: UserID) async throws(AuthError) -> User? { try await base.user(id) }

    func user(spelled address: String, canonical: Email?) async throws(AuthError) -> User? {
        try await base.user(spelled: address, canonical: canonical)
    }

    func usualPasswordForm() async throws(AuthError) -> PasswordForm? { try await base.usualPasswordForm() }

    func session(_ id: SessionID) async throws(AuthError) -> Session? { try await base.session(id) }

    func liveSessions(of user: UserID, limit: Int, at now: Timestamp) async throws(AuthError) -> [Session] {
        try await base.liveSessions(of: user, limit: limit, at: now)
    }

    func death(of token: Claims) async throws(AuthError) -> AuthError.Code? { try await base.death(of: token) }

    func revocations(at now: Timestamp) async throws(AuthError) -> RevocationSnapshot {
        try await base.revocations(at: now)
    }

    // What changes nothing that memory follows.

    func create(_ user: User) async throws(AuthError) { try await base.create(user) }

    func purge(expiredBefore: Timestamp, limit: Int) async throws(AuthError) -> Int {
        try await base.purge(expiredBefore: expiredBefore, limit: limit)
    }

    // What is published.

    func verifyEmail(
        of user: UserID, address: String, at now: Timestamp
    ) async throws(AuthError) -> VerificationOutcome {
        let outcome = try await base.verifyEmail(of: user, address: address, at: now)
        feed.publish(outcome.changes)
        return outcome
    }

    func changePassword(_ change: PasswordChange) async throws(AuthError) -> PasswordOutcome {
        let outcome = try await base.changePassword(change)
        feed.publish(outcome.changes)
        return outcome
    }

    func resetPassword(_ reset: PasswordReset) async throws(AuthError) -> PasswordOutcome {
        let outcome = try await base.resetPassword(reset)
        feed.publish(outcome.changes)
        return outcome
    }

    func setActive(_ active: Bool, user: UserID, at now: Timestamp) async throws(AuthError) -> AccountChange? {
        let seen = revocations.changes
        guard let outcome = try await base.setActive(active, user: user, at: now) else { return nil }
        feed.publish(outcome.changes(tellsActivity: true))
        if revocations.changes != seen &+ 1 { await settleActivity(of: user) }
        return outcome
    }

    func delete(_ user: UserID, tombstoneUntil: Timestamp) async throws(AuthError) -> Bool {
        guard try await base.delete(user, tombstoneUntil: tombstoneUntil) else { return false }
        feed.publish([.userDeleted(user, until: tombstoneUntil)])
        return true
    }

    func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome {
        let outcome = try await base.begin(login)
        if case .begun(let ended) = outcome {
            feed.publish(ended.map(Change.sessionEnded))
            if login.rehashed != nil { feed.publish([.userChanged(login.session.userID)]) }
        }
        return outcome
    }

    func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome {
        let outcome = try await base.rotate(rotation)
        feed.publish(outcome.changes)
        return outcome
    }

    func revoke(_ session: SessionID, of user: UserID, at now: Timestamp) async throws(AuthError) -> EndedSession? {
        let ended = try await base.revoke(session, of: user, at: now)
        if let ended { feed.publish([.sessionEnded(ended)]) }
        return ended
    }

    func revokeAll(of user: UserID, at now: Timestamp) async throws(AuthError) -> [EndedSession] {
        let ended = try await base.revokeAll(of: user, at: now)
        feed.publish(ended.map(Change.sessionEnded) + [.userChanged(user, revokedBefore: now)])
        return ended
    }

    func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        let ended = try await base.logout(blocking: token, ending: session, of: user, at: now)
        feed.publish([.tokenBlocked(token)])
        if let ended { feed.publish([.sessionEnded(ended)]) }
        return ended
    }

    /// Two that switch accounts at once may publish in another order than they committed in: what is stored is read until
    /// nobody has switched one meanwhile. Where it cannot be read, the account is inactive to this process until it is
    /// switched again.
    private func settleActivity(of id: UserID) async {
        while true {
            let seen = revocations.changes
            let stored = try? await base.user(id)
            feed.publish([.userChanged(id, isActive: stored?.isActive ?? false)])
            if revocations.changes == seen &+ 1 { return }
        }
    }
}
