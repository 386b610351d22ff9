public import MVPAuth

extension SQLiteStore {
    public func create(_ user: User) async throws(AuthError) {
        try await writes.run { database in
            let count = try database.run(
                """
                INSERT INTO auth_users (id, email, email_key, hashed_password, hash_imported, is_active, is_verified,
                    created_at, updated_at, password_generation, password_changed_at, revoked_before)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
                [
                    user.id.stored, user.email.stored, user.canonicalEmail.stored, user.passwordHash.text.stored,
                    user.passwordHash.isImported.stored, user.isActive.stored, user.isVerified.stored,
                    user.createdAt.stored, user.updatedAt.stored, user.passwordGeneration.stored,
                    user.passwordChangedAt.stored, user.revokedBefore.stored,
                ])
            guard count == 1 else { throw AuthError(.userExists) }
        }
    }

    public func user(_ id: UserID) async throws(AuthError) -> User? {
        try await read { try $0.user(id) }
    }

    public func user(spelled address: String, canonical: Email?) async throws(AuthError) -> User? {
        try await read {
            try $0.first(
                """
                SELECT \(User.columns) FROM auth_users WHERE email = ?1 OR email_key = ?2
                ORDER BY email = ?1 DESC LIMIT 1
                """, [address.stored, (canonical?.address).stored], User.init(row:))
        }
    }

    /// By the first of them: ids are random, so they are a sample.
    public func usualPasswordForm() async throws(AuthError) -> PasswordForm? {
        try await read { database in
            let beginnings = try database.all(
                "SELECT substr(hashed_password, 1, ?1) FROM auth_users ORDER BY id LIMIT 2000",
                [.integer(Int64(PasswordForm.longest))]
            ) { try $0.text(0) }
            return PasswordForm.mostFrequent(of: beginnings)
        }
    }

    public func verifyEmail(
        of id: UserID, address: String, at now: Timestamp
    ) async throws(AuthError) -> VerificationOutcome {
        try await writes.run { database in
            guard var user = try database.user(id), user.email.utf8.elementsEqual(address.utf8) else {
                return .mismatch
            }
            guard user.isActive else { return .inactive }
            guard !user.isVerified else { return .alreadyVerified }
            user.isVerified = true
            user.updatedAt = now
            try database.update(user)
            return .verified(user)
        }
    }

    public func changePassword(_ change: PasswordChange) async throws(AuthError) -> PasswordOutcome {
        try await writes.run { database in
            guard let user = try database.user(change.user), user.passwordHash == change.from else { return .stale }
            guard user.isActive else { return .inactive }
            return .changed(try database.setPassword(change.to, of: user, at: change.now))
        }
    }

    public func resetPassword(_ reset: PasswordReset) async throws(AuthError) -> PasswordOutcome {
        try await writes.run { database in
            guard var user = try database.user(reset.user), reset.isValid(for: user) else { return .stale }
            guard user.isActive else { return .inactive }
            guard try database.block(reset.token) else { return .stale }
            user.isVerified = true
            return .changed(try database.setPassword(reset.to, of: user, at: reset.now))
        }
    }

    public func setActive(
        _ active: Bool, user id: UserID, at now: Timestamp
    ) async throws(AuthError) -> AccountChange? {
        try await writes.run { database in
            guard var user = try database.user(id) else { return nil }
            user.isActive = active
            user.updatedAt = now
            if !active { user.revokedBefore = now }
            try database.update(user)
            return AccountChange(user: user, ended: active ? [] : try database.endSessions(of: id, at: now))
        }
    }

    public func delete(_ id: UserID, tombstoneUntil: Timestamp) async throws(AuthError) -> Bool {
        try await writes.run { database in
            guard try database.run("DELETE FROM auth_users WHERE id = ?", [id.stored]) == 1 else { return false }
            try database.run(
                "INSERT INTO auth_deleted_users (id, until) VALUES (?, ?)",
                [id.stored, tombstoneUntil.stored])
            return true
        }
    }
}

extension Connection {
    func user(_ id: UserID) throws -> User? {
        try first("SELECT \(User.columns) FROM auth_users WHERE id = ?", [id.stored], User.init(row:))
    }

    /// Writes what may change of an account.
    func update(_ user: User) throws {
        try run(
            """
            UPDATE auth_users SET hashed_password = ?, hash_imported = ?, is_active = ?, is_verified = ?,
                updated_at = ?, password_generation = ?, password_changed_at = ?, revoked_before = ? WHERE id = ?
            """,
            [
                user.passwordHash.text.stored, user.passwordHash.isImported.stored, user.isActive.stored,
                user.isVerified.stored, user.updatedAt.stored, user.passwordGeneration.stored,
                user.passwordChangedAt.stored, user.revokedBefore.stored, user.id.stored,
            ])
    }

    /// Counts the change and ends every session.
    fileprivate func setPassword(_ hash: PasswordHash, of user: User, at now: Timestamp) throws -> AccountChange {
        var user = user
        user.passwordHash = hash
        user.passwordGeneration += 1
        user.passwordChangedAt = now
        user.updatedAt = now
        user.revokedBefore = now
        try update(user)
        return AccountChange(user: user, ended: try endSessions(of: user.id, at: now))
    }

    /// Ends every session that has not been ended.
    func endSessions(of user: UserID, at now: Timestamp) throws -> [EndedSession] {
        try all(
            """
            UPDATE auth_sessions SET is_revoked = 1, revoked_at = ? WHERE user_id = ? AND is_revoked = 0
            RETURNING id, access_expires_at
            """, [now.stored, user.stored], EndedSession.init(row:))
    }
}
