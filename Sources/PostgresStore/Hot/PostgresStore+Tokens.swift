public import MVPAuth

extension PostgresStore {
    public func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, noting trail: AuditTrail?,
        at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        let note = trail?.kept(.sessionRevoked, of: user, session: session, at: now)
        let call = Self.logout.with([
            "token": token.tokenID, "kind": token.kind, "expires": token.expiresAt, "now": now, "session": session,
            "user": user, "event": note?.id, "event_app": note?.app ?? "", "event_uid": note?.uid ?? 0,
            "event_source": note?.source, "event_request": note?.requestID,
        ])
        let order = session.map { LockOrder.session($0, of: user) } ?? .user(user)
        return try await write(order, call) { try $0[0].first(EndedSession.init) }
    }

    private static let logout = Statement(
        "token.logout",
        """
        WITH blocked AS (
            INSERT INTO auth_blocked_tokens (jti, token_type, expires_at) VALUES (:token, :kind, :expires) ON CONFLICT DO NOTHING
        ), ended AS (
            UPDATE auth_sessions SET is_revoked = true, revoked_at = :now
            WHERE id = :session AND user_id = :user AND NOT is_revoked RETURNING \(EndedSession.columns)
        ), \(AuthEvent.noting(.sessionRevoked, id: ":event::uuid", of: "ended", because: .logout))
        SELECT id, access_expires_at FROM ended
        """)

    public func rejection(of token: Claims) async throws(AuthError) -> AuthError.Code? {
        let calls = [
            Self.isBlocked.with(["token": token.tokenID, "kind": TokenKind.access]),
            Self.sessionByID.with(["session": token.sessionID]), Self.userByID.with(["user": token.subject]),
        ]
        return try await read(calls) { rows in
            token.rejection(
                isBlocked: rows[0].count > 0, session: try rows[1].record(), user: try rows[2].record())
        }
    }

    private static let isBlocked = Statement(
        "token.is_blocked", "SELECT FROM auth_blocked_tokens WHERE jti = :token AND token_type = :kind")
    private static let sessionByID = Statement(
        "session.by_id", "SELECT \(Session.selection) FROM auth_sessions WHERE id = :session")
    private static let userByID = Statement("user.by_id", "SELECT \(User.selection) FROM auth_users WHERE id = :user")

    public func revocations(at now: Timestamp) async throws(AuthError) -> RevocationSnapshot {
        let oldest = now - RevocationSnapshot.longestAccessToken
        let calls = [
            Self.blockedTokens.with(["kind": TokenKind.access, "now": now]),
            Self.endedSessions.with(["ended_since": oldest - 3600, "now": now]), Self.inactiveUsers.with(),
            Self.deletedUsers.with(["now": now]), Self.cutoffs.with(["oldest": oldest]),
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
        "SELECT jti, expires_at FROM auth_blocked_tokens WHERE token_type = :kind AND expires_at > :now")
    private static let endedSessions = Statement(
        "revocations.sessions",
        """
        SELECT id, access_expires_at FROM auth_sessions
        WHERE is_revoked AND revoked_at > :ended_since AND access_expires_at > :now
        UNION ALL SELECT id, until FROM auth_deleted_sessions WHERE until > :now
        """)
    private static let inactiveUsers = Statement(
        "revocations.inactive", "SELECT id FROM auth_users WHERE NOT is_active")
    private static let deletedUsers = Statement(
        "revocations.deleted", "SELECT id, until FROM auth_deleted_users WHERE until > :now")
    private static let cutoffs = Statement(
        "revocations.cutoffs", "SELECT id, revoked_before FROM auth_users WHERE revoked_before > :oldest")

    /// What others are at is left for the next time.
    public func purge(expiredBefore instant: Timestamp, limit: Int) async throws(AuthError) -> Int {
        let calls = [
            Self.purgeSessions, Self.purgeTokens, Self.purgeUsers, Self.purgeDeletedSessions, Self.purgeMessages,
            Self.purgeThrottles,
        ].map {
            $0.with(["instant": instant, "limit": Int64(limit)])
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
                SELECT \(key) FROM \(table) WHERE \(isOver) LIMIT :limit FOR UPDATE SKIP LOCKED
            ) RETURNING \(key)
            """)
    }

    private static let purgeSessions = purging(
        "sessions", "id", of: "auth_sessions",
        where: """
            coalesce(access_expires_at, created_at) < :instant
            AND (expires_at < :instant OR absolute_expires_at < :instant OR (is_revoked AND revoked_at < :instant))
            """)
    private static let purgeTokens = purging(
        "tokens", "jti", of: "auth_blocked_tokens", where: "expires_at < :instant")
    private static let purgeUsers = purging("users", "id", of: "auth_deleted_users", where: "until < :instant")
    private static let purgeMessages = purging("messages", "id", of: "auth_messages", where: "settled_at < :instant")
    private static let purgeThrottles = purging(
        "throttles", "key", of: "auth_throttles",
        where: "updated_at < :instant AND kind < \(Throttle.Kind.kept.rawValue)")
    private static let purgeDeletedSessions = purging(
        "deleted_sessions", "id", of: "auth_deleted_sessions", where: "until < :instant")
}
