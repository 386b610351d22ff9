public import MVPAuth

extension PostgresStore {
    /// One conditional statement decides: of any number of callers on any number of daemons one finds the generation
    /// that it presents. Only a caller who lost is looked at more closely, by the rules of `Rotation`.
    public func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome {
        for _ in 0..<Self.attempts {
            if let end = try await exchange(rotation) { return .rotated(absoluteEnd: end) }
            let found = try await read(Self.state.with { $0.add(rotation.session) }) { rows in
                try rows.first { row throws(MalformedRow) in
                    (session: try Session(row), isActive: try row.flag(Session.columnCount))
                }
            }
            switch rotation.decision(for: found?.session, userIsActive: found?.isActive ?? false) {
            case .rotate: continue
            case .outlives:
                return found.map { .outlives(absoluteEnd: $0.session.absoluteExpiresAt) } ?? .refused(.unknown)
            case .replay: return found.map { .replayed($0.session) } ?? .refused(.unknown)
            case .reuse: return .reused(ended: try await end(by: rotation))
            case .refuse(let refusal): return .refused(refusal)
            }
        }
        throw AuthError(.storageUnavailable)
    }

    /// Somebody may restore what the first statement missed, but not for ever.
    private static let attempts = 8

    /// The session's absolute end. Nil when no row met every condition.
    private func exchange(_ rotation: Rotation) async throws(AuthError) -> Timestamp? {
        let call = Self.rotate.with {
            $0.add(rotation.session)
            $0.add(rotation.now)
            $0.add(rotation.user)
            let generation: Int64
            switch rotation.presented {
            case .generation(let presented):
                generation = presented
                $0.add(generation)
                $0.add(nil as String?)
            case .hash(let hash, let read):
                generation = read
                $0.add(generation)
                $0.add(hash)
            }
            $0.add(rotation.successorHash)
            $0.add(rotation.keyHash)
            $0.add(rotation.deviceInfo)
            $0.add(rotation.ipAddress)
            $0.add(rotation.idleExpiry)
            $0.add(rotation.accessExpiresAt)
            $0.add(generation &+ 1)
            $0.add(String(rotation.successorHash.prefix(16)))
        }
        return try await write(.session(rotation.session, of: rotation.user), call) { rows in
            try rows[0].first { row throws(MalformedRow) in try row.instant(0) }
        }
    }

    /// Says no more than when the session ends: this is what the database does most.
    private static let rotate = Statement(
        "session.rotate",
        """
        UPDATE auth_sessions SET generation = $12, refresh_token_hash = $6, own_hash = $13, rotation_key_hash = $7,
            device_info = coalesce($8, device_info), ip_address = coalesce($9, ip_address),
            last_used_at = $2, expires_at = $10,
            access_expires_at = greatest(least($11, absolute_expires_at), access_expires_at)
        WHERE id = $1 AND user_id = $3 AND \(Session.effectiveGeneration) = $4 AND \(Session.isLive)
            AND $10 <= absolute_expires_at AND ($5::text IS NULL OR refresh_token_hash = $5)
            AND (SELECT is_active FROM auth_users WHERE auth_users.id = $3)
        RETURNING absolute_expires_at
        """)

    private static let state = Statement(
        "session.state",
        """
        SELECT \(Session.columns), (SELECT is_active FROM auth_users WHERE auth_users.id = user_id)
        FROM auth_sessions WHERE id = $1
        """)

    private func end(by rotation: Rotation) async throws(AuthError) -> [EndedSession] {
        if rotation.reuseEnds == .session {
            return try await end(rotation.session, of: rotation.user, at: rotation.now).map { [$0] } ?? []
        }
        let call = Self.endAll.with {
            $0.add(rotation.user)
            $0.add(rotation.now)
        }
        return try await write(.user(rotation.user), call) { try $0[0].map(EndedSession.init) }
    }

    private static let endAll = Statement("session.end_all", EndedSession.ending("$1"))

    private func end(
        _ session: SessionID, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        let call = Self.end.with {
            $0.add(user)
            $0.add(now)
            $0.add(session)
        }
        return try await write(.session(session, of: user), call) { try $0[0].first(EndedSession.init) }
    }

    private static let end = Statement(
        "session.end",
        """
        UPDATE auth_sessions SET is_revoked = true, revoked_at = $2
        WHERE id = $3 AND user_id = $1 AND NOT is_revoked RETURNING \(EndedSession.columns)
        """)
}
