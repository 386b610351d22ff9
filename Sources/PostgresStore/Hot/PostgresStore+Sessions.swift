public import MVPAuth

extension PostgresStore {
    public func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome {
        let session = login.session
        let begin = Self.begin.with {
            $0.add(session.userID)
            $0.add(session.createdAt)
            $0.add(login.verified.text)
            $0.add(login.verified.isImported)
            $0.add(login.rehashed?.text)
            $0.add(login.rehashed?.isImported ?? false)
            $0.add(max(0, login.limit - 1))
            $0.add(session.id)
            $0.add(session.generation)
            $0.add(session.refreshTokenHash)
            $0.add(session.rotationKeyHash)
            $0.add(session.deviceInfo)
            $0.add(session.ipAddress)
            $0.add(session.lastUsedAt)
            $0.add(session.expiresAt)
            $0.add(session.absoluteExpiresAt)
            $0.add(session.accessExpiresAt)
        }
        let lock = Self.lockUser.with { $0.add(session.userID) }
        return try await write(.user(session.userID), lock, begin) { rows in
            guard rows[1].count > 0 else { return .refused }
            let ended = try rows[1].map { row throws(MalformedRow) in try EndedSession.optional(row, at: 0) }
            return .begun(ended: ended.compactMap { $0 })
        }
    }

    private static let begin = Statement(
        "session.begin",
        """
        WITH owner AS (
            SELECT id FROM auth_users
            WHERE id = $1 AND is_active AND hashed_password = $3 AND hash_imported = $4
        ), rehashed AS (
            UPDATE auth_users SET hashed_password = $5, hash_imported = $6, hash_version = hash_version + 1
            WHERE id IN (SELECT id FROM owner) AND $5::text IS NOT NULL
        ), ended AS (
            UPDATE auth_sessions SET is_revoked = true, revoked_at = $2
            WHERE NOT is_revoked AND id IN (
                SELECT id FROM auth_sessions WHERE user_id IN (SELECT id FROM owner) AND \(Session.isLive)
                ORDER BY \(Session.latestFirst) OFFSET $7
            ) RETURNING \(EndedSession.columns)
        ), begun AS (
            INSERT INTO auth_sessions (user_id, created_at, id, generation, refresh_token_hash, own_hash, rotation_key_hash,
                device_info, ip_address, last_used_at, expires_at, absolute_expires_at, access_expires_at, is_revoked)
            SELECT id, $2, $8, $9, $10::text, left($10, 16), $11, $12, $13, $14, $15, $16, $17, false FROM owner RETURNING id
        )
        SELECT ended.id, ended.access_expires_at FROM begun LEFT JOIN ended ON true
        """)

    public func session(_ id: SessionID) async throws(AuthError) -> Session? {
        try await read(Self.sessionByID.with { $0.add(id) }) { try $0.first(Session.init) }
    }

    static let sessionByID = Statement(
        "session.by_id", "SELECT \(Session.columns) FROM auth_sessions WHERE id = $1")

    public func liveSessions(
        of user: UserID, limit: Int, at now: Timestamp
    ) async throws(AuthError) -> [Session] {
        let call = Self.liveSessions.with {
            $0.add(user)
            $0.add(now)
            $0.add(limit)
        }
        return try await read(call) { try $0.map(Session.init) }
    }

    private static let liveSessions = Statement(
        "session.live",
        """
        SELECT \(Session.columns) FROM auth_sessions WHERE user_id = $1 AND \(Session.isLive)
        ORDER BY \(Session.latestFirst) LIMIT $3
        """)

    public func revoke(
        _ id: SessionID, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        let call = Self.revoke.with {
            $0.add(user)
            $0.add(now)
            $0.add(id)
        }
        return try await write(.session(id, of: user), call) { try $0[0].first(EndedSession.init) }
    }

    private static let revoke = Statement(
        "session.revoke",
        """
        UPDATE auth_sessions SET is_revoked = true, revoked_at = $2
        WHERE id = $3 AND user_id = $1 AND \(Session.mayAct) RETURNING \(EndedSession.columns)
        """)

    public func revokeAll(of user: UserID, at now: Timestamp) async throws(AuthError) -> [EndedSession] {
        let revoke = Self.revokeAll.with {
            $0.add(user)
            $0.add(now)
        }
        return try await write(.user(user), Self.lockUser.with { $0.add(user) }, revoke) { rows in
            try rows[1].map(EndedSession.init)
        }
    }

    private static let revokeAll = Statement(
        "session.revoke_all",
        """
        WITH changed AS (UPDATE auth_users SET revoked_before = $2 WHERE id = $1 RETURNING id)
        UPDATE auth_sessions SET is_revoked = true, revoked_at = $2
        WHERE NOT is_revoked AND id IN (
            SELECT id FROM auth_sessions WHERE user_id IN (SELECT id FROM changed) AND \(Session.mayAct)
            ORDER BY id FOR NO KEY UPDATE
        ) RETURNING \(EndedSession.columns)
        """)
}
