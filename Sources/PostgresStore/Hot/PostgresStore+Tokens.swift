public import MVPAuth

extension PostgresStore {
    public func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        let call = Self.logout.with {
            $0.add(user)
            $0.add(now)
            $0.add(session)
            $0.add(token.tokenID)
            $0.add(token.kind.rawValue)
            $0.add(token.expiresAt)
        }
        let order = session.map { LockOrder.session($0, of: user) } ?? .user(user)
        return try await write(order, call) { try $0[0].first(EndedSession.init) }
    }

    private static let logout = Statement(
        "token.logout",
        """
        WITH blocked AS (
            INSERT INTO auth_blocked_tokens (jti, token_type, expires_at) VALUES ($4, $5, $6) ON CONFLICT DO NOTHING
        )
        UPDATE auth_sessions SET is_revoked = true, revoked_at = $2
        WHERE id = $3 AND user_id = $1 AND NOT is_revoked RETURNING \(EndedSession.columns)
        """)

    public func death(of token: Claims) async throws(AuthError) -> AuthError.Code? {
        let calls = [
            Self.isBlocked.with {
                $0.add(token.tokenID)
                $0.add(TokenKind.access.rawValue)
            },
            Self.sessionByID.with { $0.add(token.sessionID) }, Self.userByID.with { $0.add(token.subject) },
        ]
        return try await read(calls) { rows in
            token.death(
                isBlocked: rows[0].count > 0, session: try rows[1].first(Session.init),
                user: try rows[2].first(User.init))
        }
    }

    private static let isBlocked = Statement(
        "token.is_blocked", "SELECT FROM auth_blocked_tokens WHERE jti = $1 AND token_type = $2")

    public func revocations(at now: Timestamp) async throws(AuthError) -> RevocationSnapshot {
        let oldest = now - RevocationSnapshot.longestAccessToken
        let calls = [
            Self.blockedTokens.with {
                $0.add(TokenKind.access.rawValue)
                $0.add(now)
            },
            Self.endedSessions.with {
                $0.add(now)
                $0.add(oldest - 3600)
            },
            Self.inactiveUsers.with(), Self.deletedUsers.with { $0.add(now) },
            Self.cutoffs.with { $0.add(oldest) },
        ]
        return try await read(calls) { rows in
            RevocationSnapshot(
                tokens: try rows[0].map { row throws(MalformedRow) in
                    BlockedToken(tokenID: try row.text(0), kind: .access, expiresAt: try row.instant(1))
                },
                sessions: try rows[1].map(EndedSession.init),
                inactiveUsers: try rows[2].map { row throws(MalformedRow) in try row.identifier(0) },
                deletedUsers: try rows[3].map { row throws(MalformedRow) in
                    (try row.identifier(0), try row.instant(1))
                },
                cutoffs: try rows[4].map { row throws(MalformedRow) in (try row.identifier(0), try row.instant(1)) })
        }
    }

    private static let blockedTokens = Statement(
        "revocations.tokens",
        "SELECT jti, expires_at FROM auth_blocked_tokens WHERE token_type = $1 AND expires_at > $2")
    private static let endedSessions = Statement(
        "revocations.sessions",
        """
        SELECT id, access_expires_at FROM auth_sessions
        WHERE is_revoked AND revoked_at > $2 AND access_expires_at > $1
        UNION ALL SELECT id, until FROM auth_deleted_sessions WHERE until > $1
        """)
    private static let inactiveUsers = Statement(
        "revocations.inactive", "SELECT id FROM auth_users WHERE NOT is_active")
    private static let deletedUsers = Statement(
        "revocations.deleted", "SELECT id, until FROM auth_deleted_users WHERE until > $1")
    private static let cutoffs = Statement(
        "revocations.cutoffs", "SELECT id, revoked_before FROM auth_users WHERE revoked_before > $1")

    /// What others are at is left for the next time.
    public func purge(expiredBefore instant: Timestamp, limit: Int) async throws(AuthError) -> Int {
        let calls = [Self.purgeSessions, Self.purgeTokens, Self.purgeUsers, Self.purgeDeletedSessions].map {
            $0.with {
                $0.add(instant)
                $0.add(limit)
            }
        }
        var most = 0
        for call in calls { most = max(most, try await write(.none, call) { $0[0].count }) }
        return most
    }

    private static func purging(_ name: String, _ key: String, of table: String, where isOver: String) -> Statement {
        Statement(
            "purge.\(name)",
            """
            DELETE FROM \(table) WHERE \(key) IN (
                SELECT \(key) FROM \(table) WHERE \(isOver) LIMIT $2 FOR UPDATE SKIP LOCKED
            ) RETURNING \(key)
            """)
    }

    private static let purgeSessions = purging(
        "sessions", "id", of: "auth_sessions",
        where: """
            coalesce(access_expires_at, created_at) < $1
            AND (expires_at < $1 OR absolute_expires_at < $1 OR (is_revoked AND revoked_at < $1))
            """)
    private static let purgeTokens = purging(
        "tokens", "jti", of: "auth_blocked_tokens", where: "expires_at < $1")
    private static let purgeUsers = purging("users", "id", of: "auth_deleted_users", where: "until < $1")
    private static let purgeDeletedSessions = purging(
        "deleted_sessions", "id", of: "auth_deleted_sessions", where: "until < $1")
}
