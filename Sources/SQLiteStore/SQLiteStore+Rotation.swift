public import MVPAuth

extension SQLiteStore {
    /// Reads the session and the one fact of its account at once, and writes only what a rotation changes: it is what
    /// the writer does most.
    public func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome {
        try await writes.run { database in
            let found = try database.first(Self.sessionAndAccount, [rotation.session.stored]) { row in
                (session: try row.record(Session.self), isActive: try row.flag(Session.columns.count))
            }
            guard let found, rotation.decision(for: found.session, userIsActive: found.isActive) == .rotate else {
                return try Transaction(database, rotation.trail).rotate(rotation)
            }
            let next = rotation.applied(to: found.session)
            try database.run(
                """
                UPDATE auth_sessions SET generation = ?, refresh_token_hash = ?, rotation_key_hash = ?,
                    device_info = ?, ip_address = ?, last_used_at = ?, expires_at = ?, access_expires_at = ? WHERE id = ?
                """,
                [
                    next.generation.stored, next.refreshTokenHash.stored, next.rotationKeyHash.stored,
                    next.deviceInfo.stored, next.ipAddress.stored, next.lastUsedAt.stored, next.expiresAt.stored,
                    next.accessExpiresAt.stored, next.id.stored,
                ])
            return .rotated(absoluteEnd: next.absoluteExpiresAt)
        }
    }

    private static let sessionAndAccount = """
        SELECT \(Session.columns.map { "auth_sessions.\($0.name)" }.joined(separator: ", ")), is_active
        FROM auth_sessions JOIN auth_users ON auth_users.id = user_id WHERE auth_sessions.id = ?
        """
}
