public import MVPAuth

extension SQLiteStore {
    /// Of an account's sessions, of which there may be a thousand, those are read that the limit ends.
    public func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome {
        try await writes.run { database in
            try Transaction(database, login.trail).begin(login) { try Self.surplus(of: login, in: database) }
        }
    }

    /// As long as there are fewer than the limit, the index says all there is to know.
    private static func surplus(of login: SessionStart, in database: Connection) throws -> [Session] {
        let user = login.session.userID.stored
        guard try database.first(open, [user], { try $0.integer(0) }) ?? 0 > Int64(login.kept) else { return [] }
        let values = [user, login.session.createdAt.stored, Int64(login.kept).stored]
        return try database.all(beyondLimit, values) { try $0.record(Session.self) }
    }

    private static let open = "SELECT count(*) FROM auth_sessions WHERE user_id = ? AND is_revoked = 0"

    /// No index is sorted by the last use: each refresh would move its session there.
    private static let beyondLimit = """
        SELECT \(Session.columns.map(\.name).joined(separator: ", ")) FROM auth_sessions WHERE id IN (
            SELECT id FROM auth_sessions
            WHERE user_id = ?1 AND is_revoked = 0 AND expires_at > ?2 AND absolute_expires_at > ?2
            ORDER BY last_used_at DESC, created_at DESC LIMIT -1 OFFSET ?3
        )
        """
}
