public import MVPAuth

extension SQLiteStore {
    public func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome {
        try await writes.run { database in
            let session = login.session
            guard var user = try database.user(session.userID), user.isActive, user.passwordHash == login.verified
            else { return .refused }
            if let rehashed = login.rehashed {
                user.passwordHash = rehashed
                try database.update(user)
            }
            let ended = try database.endSurplus(of: user.id, keeping: login.limit - 1, at: session.createdAt)
            try database.insert(session)
            return .begun(ended: ended)
        }
    }

    public func session(_ id: SessionID) async throws(AuthError) -> Session? {
        try await read {
            try $0.first(
                "SELECT \(Session.columns) FROM auth_sessions WHERE id = ?", [id.stored], Session.init(row:))
        }
    }

    public func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome {
        try await writes.run { database in
            let found = try database.first(
                """
                SELECT \(Session.columns), is_active FROM auth_sessions
                JOIN auth_users ON auth_users.id = user_id WHERE auth_sessions.id = ?
                """, [rotation.session.stored]
            ) { (session: try Session(row: $0), isActive: try $0.flag(Session.columnCount)) }
            switch rotation.decision(for: found?.session, userIsActive: found?.isActive ?? false) {
            case .rotate:
                guard let found else { return .refused(.unknown) }
                try database.update(rotation.applied(to: found.session))
                return .rotated(absoluteEnd: found.session.absoluteExpiresAt)
            case .outlives:
                return found.map { .outlives(absoluteEnd: $0.session.absoluteExpiresAt) } ?? .refused(.unknown)
            case .replay:
                return found.map { .replayed($0.session) } ?? .refused(.unknown)
            case .reuse where rotation.reuseEnds == .user:
                return .reused(ended: try database.endSessions(of: rotation.user, at: rotation.now))
            case .reuse:
                let ended = try database.end(rotation.session, of: rotation.user, at: rotation.now)
                return .reused(ended: ended.map { [$0] } ?? [])
            case .refuse(let refusal):
                return .refused(refusal)
            }
        }
    }

    public func liveSessions(
        of user: UserID, limit: Int, at now: Timestamp
    ) async throws(AuthError) -> [Session] {
        try await read {
            try $0.all(
                """
                SELECT \(Session.columns) FROM auth_sessions WHERE user_id = ?1 AND \(Connection.isLive)
                ORDER BY last_used_at DESC, created_at DESC LIMIT ?3
                """, [user.stored, now.stored, .integer(Int64(limit))], Session.init(row:))
        }
    }

    public func revoke(
        _ id: SessionID, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        try await writes.run { database in
            try database.all(
                """
                UPDATE auth_sessions SET is_revoked = 1, revoked_at = ?2
                WHERE id = ?3 AND user_id = ?1 AND \(Connection.mayAct) RETURNING id, access_expires_at
                """, [user.stored, now.stored, id.stored], EndedSession.init(row:)
            ).first
        }
    }

    public func revokeAll(of user: UserID, at now: Timestamp) async throws(AuthError) -> [EndedSession] {
        try await writes.run { database in
            try database.run(
                "UPDATE auth_users SET revoked_before = ? WHERE id = ?", [now.stored, user.stored])
            return try database.all(
                """
                UPDATE auth_sessions SET is_revoked = 1, revoked_at = ?2
                WHERE user_id = ?1 AND \(Connection.mayAct) RETURNING id, access_expires_at
                """, [user.stored, now.stored], EndedSession.init(row:))
        }
    }
}

extension Connection {
    /// A session that may still be refreshed at the instant of parameter 2.
    fileprivate static let isLive = "is_revoked = 0 AND expires_at > ?2 AND absolute_expires_at > ?2"

    /// A session that may still be refreshed, or whose access tokens may live.
    fileprivate static let mayAct =
        "is_revoked = 0 AND ((expires_at > ?2 AND absolute_expires_at > ?2) OR access_expires_at > ?2)"

    /// Ends a session, unless it has been.
    func end(_ session: SessionID, of user: UserID, at now: Timestamp) throws -> EndedSession? {
        try all(
            """
            UPDATE auth_sessions SET is_revoked = 1, revoked_at = ? WHERE id = ? AND user_id = ? AND is_revoked = 0
            RETURNING id, access_expires_at
            """, [now.stored, session.stored, user.stored], EndedSession.init(row:)
        ).first
    }

    /// Ends the least recently used of the live sessions beyond so many.
    fileprivate func endSurplus(of user: UserID, keeping count: Int, at now: Timestamp) throws -> [EndedSession] {
        let surplus: [SessionID] = try all(
            """
            SELECT id FROM auth_sessions WHERE user_id = ?1 AND \(Self.isLive)
            ORDER BY last_used_at DESC, created_at DESC LIMIT -1 OFFSET ?3
            """, [user.stored, now.stored, .integer(Int64(max(0, count)))]
        ) { try $0.identifier(0) }
        return try surplus.compactMap { try end($0, of: user, at: now) }
    }

    fileprivate func insert(_ session: Session) throws {
        try run(
            """
            INSERT INTO auth_sessions (id, user_id, generation, refresh_token_hash, rotation_key_hash, device_info,
                ip_address, created_at, last_used_at, expires_at, absolute_expires_at, access_expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                session.id.stored, session.userID.stored, session.generation.stored, session.refreshTokenHash.stored,
                session.rotationKeyHash.stored, session.deviceInfo.stored, session.ipAddress.stored,
                session.createdAt.stored, session.lastUsedAt.stored, session.expiresAt.stored,
                session.absoluteExpiresAt.stored, session.accessExpiresAt.stored,
            ])
    }

    /// Writes what a rotation changes.
    fileprivate func update(_ session: Session) throws {
        try run(
            """
            UPDATE auth_sessions SET generation = ?, refresh_token_hash = ?, rotation_key_hash = ?, device_info = ?,
                ip_address = ?, last_used_at = ?, expires_at = ?, access_expires_at = ? WHERE id = ?
            """,
            [
                session.generation.stored, session.refreshTokenHash.stored, session.rotationKeyHash.stored,
                session.deviceInfo.stored, session.ipAddress.stored, session.lastUsedAt.stored,
                session.expiresAt.stored, session.accessExpiresAt.stored, session.id.stored,
            ])
    }
}
