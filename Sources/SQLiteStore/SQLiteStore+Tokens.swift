public import MVPAuth

extension SQLiteStore {
    public func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        try await writes.run { database in
            try database.block(token)
            return try session.flatMap { try database.end($0, of: user, at: now) }
        }
    }

    public func death(of token: Claims) async throws(AuthError) -> AuthError.Code? {
        try await read { database in
            let isBlocked = try database.first(
                "SELECT 1 FROM auth_blocked_tokens WHERE jti = ? AND token_type = ?",
                [token.tokenID.stored, TokenKind.access.rawValue.stored]
            ) { _ in true }
            let session = try token.sessionID.flatMap { id in
                try database.first(
                    "SELECT \(Session.columns) FROM auth_sessions WHERE id = ?", [id.stored], Session.init(row:))
            }
            return token.death(
                isBlocked: isBlocked ?? false, session: session, user: try database.user(token.subject))
        }
    }

    public func revocations(at now: Timestamp) async throws(AuthError) -> RevocationSnapshot {
        try await read { database in
            RevocationSnapshot(
                tokens: try database.all(
                    "SELECT jti, expires_at FROM auth_blocked_tokens WHERE token_type = ? AND expires_at > ?",
                    [TokenKind.access.rawValue.stored, now.stored]
                ) { BlockedToken(tokenID: try $0.text(0), kind: .access, expiresAt: try $0.instant(1)) },
                sessions: try database.all(
                    "SELECT id, access_expires_at FROM auth_sessions WHERE is_revoked = 1 AND access_expires_at > ?",
                    [now.stored], EndedSession.init(row:)),
                inactiveUsers: try database.all("SELECT id FROM auth_users WHERE is_active = 0") {
                    try $0.identifier(0)
                },
                deletedUsers: try database.all(
                    "SELECT id, until FROM auth_deleted_users WHERE until > ?", [now.stored]
                ) { (try $0.identifier(0), try $0.instant(1)) },
                cutoffs: try database.all(
                    "SELECT id, revoked_before FROM auth_users WHERE revoked_before > ?",
                    [(now - RevocationSnapshot.longestAccessToken).stored]
                ) { (try $0.identifier(0), try $0.instant(1)) })
        }
    }

    /// Finds on a reader, which nobody waits for, and removes on the writer, where the condition is asked again.
    public func purge(expiredBefore instant: Timestamp, limit: Int) async throws(AuthError) -> Int {
        let sessions = try await read { database in
            try database.all(
                "SELECT id FROM auth_sessions WHERE \(Self.isOver) LIMIT ?2", [instant.stored, .integer(Int64(limit))]
            ) { try $0.text(0) }
        }
        return try await writes.run { database in
            var removed = 0
            for id in sessions {
                removed += try database.run(
                    "DELETE FROM auth_sessions WHERE \(Self.isOver) AND id = ?2", [instant.stored, id.stored])
            }
            let tokens = try database.run(
                """
                DELETE FROM auth_blocked_tokens WHERE jti IN
                    (SELECT jti FROM auth_blocked_tokens WHERE expires_at < ? LIMIT ?)
                """, [instant.stored, .integer(Int64(limit))])
            let tombstones = try database.run(
                "DELETE FROM auth_deleted_users WHERE id IN (SELECT id FROM auth_deleted_users WHERE until < ? LIMIT ?)",
                [instant.stored, .integer(Int64(limit))])
            return max(removed, tokens, tombstones)
        }
    }

    /// Nothing can refer to the session any more: neither its refresh token nor an access token of it.
    private static let isOver = """
        access_expires_at < ?1 AND (expires_at < ?1 OR absolute_expires_at < ?1 OR (is_revoked = 1 AND revoked_at < ?1))
        """
}

extension Connection {
    /// Blocks a token. False when it had been blocked before.
    @discardableResult
    func block(_ token: BlockedToken) throws -> Bool {
        try run(
            "INSERT INTO auth_blocked_tokens (jti, token_type, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [token.tokenID.stored, token.kind.rawValue.stored, token.expiresAt.stored]) == 1
    }
}
