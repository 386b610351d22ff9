public import MVPAuth

extension PostgresStore {
    public func changePassword(_ change: PasswordChange) async throws(AuthError) -> PasswordOutcome {
        let update = Self.changePassword.with {
            $0.add(change.user)
            $0.add(change.now)
            $0.add(change.to.text)
            $0.add(change.to.isImported)
            $0.add(change.from.text)
            $0.add(change.from.isImported)
        }
        return try await write(.user(change.user), Self.lockUser.with { $0.add(change.user) }, update) { rows in
            if let account = try AccountChange(rows[1]) { return .changed(account) }
            guard let user = try rows[0].first(User.init), user.passwordHash == change.from else { return .stale }
            return .inactive
        }
    }

    private static let changePassword = Statement(
        "password.change",
        """
        WITH changed AS (
            UPDATE auth_users SET \(setPassword)
            WHERE id = $1 AND is_active AND hashed_password = $5 AND hash_imported = $6 RETURNING *
        ), ended AS (\(EndedSession.ending("SELECT id FROM changed")))
        \(AccountChange.selection)
        """)

    /// The instant is parameter 2, the hash and its mark are 3 and 4.
    private static let setPassword = """
        hashed_password = $3, hash_imported = $4, hash_version = hash_version + 1,
        password_generation = password_generation + 1, password_changed_at = $2, updated_at = $2, revoked_before = $2
        """

    public func resetPassword(_ reset: PasswordReset) async throws(AuthError) -> PasswordOutcome {
        let update = Self.resetPassword.with {
            $0.add(reset.user)
            $0.add(reset.now)
            $0.add(reset.to.text)
            $0.add(reset.to.isImported)
            $0.add(reset.address)
            switch reset.validity {
            case .generation(let generation):
                $0.add(generation)
                $0.add(nil as Timestamp?)
            case .issuedAt(let second):
                $0.add(nil as Int64?)
                $0.add(Timestamp(seconds: second))
            }
            $0.add(reset.token.tokenID)
            $0.add(reset.token.kind.rawValue)
            $0.add(reset.token.expiresAt)
        }
        return try await write(.user(reset.user), Self.lockUser.with { $0.add(reset.user) }, update) { rows in
            if let account = try AccountChange(rows[1]) { return .changed(account) }
            guard let user = try rows[0].first(User.init), reset.isValid(for: user), !user.isActive else {
                return .stale
            }
            return .inactive
        }
    }

    /// The token is consumed by the statement that it allows.
    private static let resetPassword = Statement(
        "password.reset",
        """
        WITH consumed AS (
            INSERT INTO auth_blocked_tokens (jti, token_type, expires_at)
            SELECT $8, $9, $10 FROM auth_users WHERE id = $1 AND is_active AND email = $5
                AND (password_generation = $6 OR date_trunc('second', \(User.passwordChange)) < $7)
            ON CONFLICT DO NOTHING RETURNING jti
        ), changed AS (
            UPDATE auth_users SET is_verified = true, \(setPassword)
            WHERE id = $1 AND EXISTS (SELECT FROM consumed) RETURNING *
        ), ended AS (\(EndedSession.ending("SELECT id FROM changed")))
        \(AccountChange.selection)
        """)
}
