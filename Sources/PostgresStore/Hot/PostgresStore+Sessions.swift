public import MVPAuth

extension PostgresStore {
    public func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome {
        // An account at which somebody has failed is rare, and in no hurry.
        if login.release != nil { return try await write { try Transaction($0, login.trail).begin(login) } }
        let session = login.session
        let note = login.trail?.kept(.loginSucceeded, of: session.userID, session: session.id, at: session.createdAt)
        let begin = Self.begin.with([
            "user": session.userID, "verified": login.verified.text, "verified_imported": login.verified.isImported,
            "rehashed": login.rehashed?.text, "rehashed_imported": login.rehashed?.isImported ?? false,
            "now": session.createdAt, "kept": Int64(login.kept), "id": session.id,
            "generation": session.generation, "token_hash": session.refreshTokenHash,
            "key_hash": session.rotationKeyHash, "device": session.deviceInfo, "address": session.ipAddress,
            "last_used": session.lastUsedAt, "expires": session.expiresAt, "absolute": session.absoluteExpiresAt,
            "access": session.accessExpiresAt, "app": session.app, "event": note?.id, "event_app": note?.app ?? "",
            "event_uid": note?.uid ?? 0, "event_source": note?.source, "event_request": note?.requestID,
        ])
        let lock = Self.lockUser.with(["user": session.userID])
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
            WHERE id = :user AND is_active AND hashed_password = :verified AND hash_imported = :verified_imported
        ), rehashed AS (
            UPDATE auth_users SET hashed_password = :rehashed, hash_imported = :rehashed_imported,
                hash_version = hash_version + 1
            WHERE id IN (SELECT id FROM owner) AND :rehashed::text IS NOT NULL
        ), ended AS (
            UPDATE auth_sessions SET is_revoked = true, revoked_at = :now
            WHERE NOT is_revoked AND id IN (
                SELECT id FROM auth_sessions WHERE user_id IN (SELECT id FROM owner) AND \(Session.isLive)
                ORDER BY \(Session.latestFirst) OFFSET :kept
            ) RETURNING \(EndedSession.columns)
        ), begun AS (
            INSERT INTO auth_sessions (user_id, created_at, id, generation, refresh_token_hash, own_hash, rotation_key_hash,
                device_info, ip_address, last_used_at, expires_at, absolute_expires_at, access_expires_at, is_revoked,
                app)
            SELECT id, :now, :id, :generation, :token_hash::text, left(:token_hash, 16), :key_hash, :device, :address,
                :last_used, :expires, :absolute, :access, false, :app
            FROM owner RETURNING id
        ), \(AuthEvent.noting(.loginSucceeded, id: ":event::uuid", of: "begun")),
        \(AuthEvent.noting(.sessionRevoked, id: "gen_random_uuid()", of: "ended", because: .limit))
        SELECT ended.id, ended.access_expires_at FROM begun LEFT JOIN ended ON true
        """)
}
