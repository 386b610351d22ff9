public import MVPAuth

extension PostgresStore {
    /// One conditional statement decides: of any number of callers on any number of daemons one finds the generation
    /// that it presents. Only a caller who lost is looked at more closely, by the rules of `Rotation`, and a reuse is
    /// answered by the operation itself: it may find, by then, that nothing is amiss.
    public func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome {
        for _ in 0..<Self.attempts {
            if let end = try await exchange(rotation) { return .rotated(absoluteEnd: end) }
            let found = try await read(Self.state.with(["session": rotation.session])) { rows in
                try rows.first { row throws(MalformedRow) in
                    (session: try row.record(Session.self), isActive: try row.flag(Session.columns.count))
                }
            }
            switch rotation.decision(for: found?.session, userIsActive: found?.isActive ?? false) {
            case .rotate: continue
            case .outlives:
                return found.map { .outlives(absoluteEnd: $0.session.absoluteExpiresAt) } ?? .refused(.unknown)
            case .replay: return found.map { .replayed($0.session) } ?? .refused(.unknown)
            case .reuse: return try await write { try Transaction($0, rotation.trail).rotate(rotation) }
            case .refuse(let refusal): return .refused(refusal)
            }
        }
        throw AuthError(.storageUnavailable)
    }

    /// Somebody may restore what the first statement missed, but not for ever.
    private static let attempts = 8

    /// The session's absolute end. Nil when no row met every condition.
    private func exchange(_ rotation: Rotation) async throws(AuthError) -> Timestamp? {
        let presented: (generation: Int64, hash: String?) =
            switch rotation.presented {
            case .generation(let generation): (generation, nil)
            case .hash(let hash, let generation): (generation, hash)
            }
        let call = Self.rotate.with([
            "next": presented.generation &+ 1, "successor": rotation.successorHash,
            "own_hash": String(rotation.successorHash.prefix(16)), "key_hash": rotation.keyHash,
            "device": rotation.deviceInfo, "address": rotation.ipAddress, "now": rotation.now,
            "idle": rotation.idleExpiry, "access": rotation.accessExpiresAt, "session": rotation.session,
            "user": rotation.user, "presented": presented.generation, "presented_hash": presented.hash,
        ])
        return try await write(.session(rotation.session, of: rotation.user), call) { rows in
            try rows[0].first { row throws(MalformedRow) in try row.instant(0) }
        }
    }

    /// Says no more than when the session ends: this is what the database does most.
    private static let rotate = Statement(
        "session.rotate",
        """
        UPDATE auth_sessions SET generation = :next, refresh_token_hash = :successor, own_hash = :own_hash,
            rotation_key_hash = :key_hash, device_info = coalesce(:device, device_info),
            ip_address = coalesce(:address, ip_address), last_used_at = :now, expires_at = :idle,
            access_expires_at = greatest(least(:access, absolute_expires_at), access_expires_at)
        WHERE id = :session AND user_id = :user AND \(Session.effectiveGeneration) = :presented AND \(Session.isLive)
            AND :idle <= absolute_expires_at
            AND (:presented_hash::text IS NULL OR refresh_token_hash = :presented_hash)
            AND (SELECT is_active FROM auth_users WHERE auth_users.id = :user)
        RETURNING absolute_expires_at
        """)

    private static let state = Statement(
        "session.state",
        """
        SELECT \(Session.selection), (SELECT is_active FROM auth_users WHERE auth_users.id = user_id)
        FROM auth_sessions WHERE id = :session
        """)
}
