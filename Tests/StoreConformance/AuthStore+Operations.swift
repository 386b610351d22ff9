package import MVPAuth

/// The operations on any store, for tests.
extension AuthStore {
    package func create(_ user: User) async throws(AuthError) {
        try await write { try Transaction($0).create(user) }
    }

    package func user(_ id: UserID) async throws(AuthError) -> User? {
        try await read { try Transaction($0).user(id) }
    }

    package func verifyEmail(
        of user: UserID, address: String, at now: Timestamp
    ) async throws(AuthError) -> VerificationOutcome {
        try await write { try Transaction($0).verifyEmail(of: user, address: address, at: now) }
    }

    package func changePassword(_ change: PasswordChange) async throws(AuthError) -> PasswordOutcome {
        try await write { try Transaction($0).changePassword(change) }
    }

    package func resetPassword(_ reset: PasswordReset) async throws(AuthError) -> PasswordOutcome {
        try await write { try Transaction($0).resetPassword(reset) }
    }

    package func setActive(_ active: Bool, user: UserID, at now: Timestamp) async throws(AuthError) -> AccountChange? {
        try await write { try Transaction($0).setActive(active, user: user, at: now) }
    }

    package func delete(_ user: UserID, tombstoneUntil: Timestamp) async throws(AuthError) -> Bool {
        try await write { try Transaction($0).delete(user, tombstoneUntil: tombstoneUntil, at: tombstoneUntil) != nil }
    }

    /// Without a note of it.
    package func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        try await logout(blocking: token, ending: session, of: user, noting: nil, at: now)
    }

    package func usualPasswordForm() async throws(AuthError) -> PasswordForm? {
        try await read { try Transaction($0).usualPasswordForm() }
    }

    package func session(_ id: SessionID) async throws(AuthError) -> Session? {
        try await read { try Transaction($0).session(id) }
    }

    package func liveSessions(
        of user: UserID, limit: Int, at now: Timestamp
    ) async throws(AuthError) -> [Session] {
        try await read { try Transaction($0).liveSessions(of: user, limit: limit, at: now) }
    }

    package func revoke(
        _ session: SessionID, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        try await write { try Transaction($0).revoke(session, of: user, at: now) }
    }

    package func revokeAll(of user: UserID, at now: Timestamp) async throws(AuthError) -> [EndedSession] {
        try await write { try Transaction($0).revokeAll(of: user, at: now) }
    }

    package func users(
        _ filter: AccountFilter, after cursor: PageCursor<User>? = nil, limit: Int
    ) async throws(AuthError) -> [User] {
        try await read { try Transaction($0).users(filter, after: cursor, limit: limit) }
    }

    package func accounts(_ filter: AccountFilter, limit: Int) async throws(AuthError) -> [AccountSummary] {
        try await read { try Transaction($0).accounts(filter, limit: limit) }
    }

    package func details(of id: UserID, at now: Timestamp) async throws(AuthError) -> AccountDetails? {
        try await read { try Transaction($0).account(id, at: now) }
    }

    package func createAccount(_ user: User) async throws(AuthError) -> Bool {
        try await write { try Transaction($0).createAccount(user) }
    }

    package func update(_ update: AccountUpdate) async throws(AuthError) -> AccountChange? {
        try await write { try Transaction($0).update(update) }
    }

    package func replacePassword(
        of user: UserID, by hash: PasswordHash, at now: Timestamp
    ) async throws(AuthError) -> AccountChange? {
        try await write { try Transaction($0).replacePassword(of: user, by: hash, nil, nil, at: now) }
    }

    package func sessions(
        _ filter: SessionFilter, after cursor: PageCursor<Session>? = nil, limit: Int
    ) async throws(AuthError) -> [Session] {
        try await read { try Transaction($0).sessions(filter, after: cursor, limit: limit) }
    }
}
