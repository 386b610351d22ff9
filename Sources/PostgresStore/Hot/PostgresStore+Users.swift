public import MVPAuth

extension PostgresStore {
    public func create(_ user: User) async throws(AuthError) {
        let call = Self.create.with {
            $0.add(user.id)
            $0.add(user.email)
            $0.add(user.canonicalEmail)
            $0.add(user.passwordHash.text)
            $0.add(user.passwordHash.isImported)
            $0.add(user.isActive)
            $0.add(user.isVerified)
            $0.add(user.createdAt)
            $0.add(user.updatedAt)
            $0.add(user.passwordGeneration)
            $0.add(user.passwordChangedAt)
            $0.add(user.revokedBefore)
        }
        try await write(.address(user.canonicalEmail), call) { rows in
            guard rows[0].count == 1 else { throw AuthError(.userExists) }
        }
    }

    private static let create = Statement(
        "user.create",
        """
        INSERT INTO auth_users (id, email, email_key, hashed_password, hash_imported, is_active, is_verified,
            created_at, updated_at, password_generation, password_changed_at, revoked_before)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING RETURNING id
        """)

    public func user(_ id: UserID) async throws(AuthError) -> User? {
        try await read(Self.userByID.with { $0.add(id) }) { try $0.first(User.init) }
    }

    static let userByID = Statement("user.by_id", "SELECT \(User.columns) FROM auth_users WHERE id = $1")

    public func user(spelled address: String, canonical: Email?) async throws(AuthError) -> User? {
        let call = Self.userByAddress.with {
            $0.add(address)
            $0.add(canonical?.address)
        }
        return try await read(call) { try $0.first(User.init) }
    }

    /// The exact spelling comes first. Adopted rows that share a canonical form with another one have no key.
    private static let userByAddress = Statement(
        "user.by_address",
        """
        SELECT \(User.columns) FROM auth_users WHERE email = $1 OR email_key = $2 OR email = $2
        ORDER BY email = $1 DESC, email = $2 DESC LIMIT 1
        """)

    /// By the first of them: ids are random, so they are a sample.
    public func usualPasswordForm() async throws(AuthError) -> PasswordForm? {
        let call = Self.passwordForms.with { $0.add(PasswordForm.longest) }
        return try await read(call) { rows in
            PasswordForm.mostFrequent(of: try rows.map { row throws(MalformedRow) in try row.text(0) })
        }
    }

    private static let passwordForms = Statement(
        "user.password_forms",
        "SELECT left(hashed_password, $1::int8::int4) FROM auth_users ORDER BY id LIMIT 2000")

    public func verifyEmail(
        of id: UserID, address: String, at now: Timestamp
    ) async throws(AuthError) -> VerificationOutcome {
        let verify = Self.verify.with {
            $0.add(id)
            $0.add(address)
            $0.add(now)
        }
        return try await write(.user(id), Self.lockUser.with { $0.add(id) }, verify) { rows in
            if let user = try rows[1].first(User.init) { return .verified(user) }
            guard let user = try rows[0].first(User.init), user.email.utf8.elementsEqual(address.utf8) else {
                return .mismatch
            }
            return user.isActive ? .alreadyVerified : .inactive
        }
    }

    private static let verify = Statement(
        "user.verify",
        """
        UPDATE auth_users SET is_verified = true, updated_at = $3
        WHERE id = $1 AND email = $2 AND is_active AND NOT is_verified RETURNING \(User.columns)
        """)

    /// The account as it is, and as it stays until the transaction ends: the statement behind sees nothing older.
    /// Sessions may still be inserted for it by others, which does not touch its row.
    static let lockUser = Statement(
        "user.lock", "SELECT \(User.columns) FROM auth_users WHERE id = $1 FOR NO KEY UPDATE")

    public func setActive(
        _ active: Bool, user id: UserID, at now: Timestamp
    ) async throws(AuthError) -> AccountChange? {
        let change = Self.setActive.with {
            $0.add(id)
            $0.add(now)
            $0.add(active)
        }
        return try await write(.user(id), Self.lockUser.with { $0.add(id) }, change) { try AccountChange($0[1]) }
    }

    private static let setActive = Statement(
        "user.set_active",
        """
        WITH changed AS (
            UPDATE auth_users SET is_active = $3, updated_at = $2,
                revoked_before = CASE WHEN $3 THEN revoked_before ELSE $2 END
            WHERE id = $1 RETURNING *
        ), ended AS (\(EndedSession.ending("SELECT id FROM changed WHERE NOT is_active")))
        \(AccountChange.selection)
        """)

    public func delete(_ id: UserID, tombstoneUntil: Timestamp) async throws(AuthError) -> Bool {
        let delete = Self.delete.with {
            $0.add(id)
            $0.add(tombstoneUntil)
        }
        return try await write(.user(id), delete) { $0[0].count == 1 }
    }

    private static let delete = Statement(
        "user.delete",
        """
        WITH gone AS (DELETE FROM auth_users WHERE id = $1 RETURNING id)
        INSERT INTO auth_deleted_users (id, until) SELECT id, $2 FROM gone
        ON CONFLICT (id) DO UPDATE SET until = greatest(auth_deleted_users.until, excluded.until) RETURNING id
        """)
}

extension EndedSession {
    /// Ends every session of the users that a query names, at the instant of parameter 2. The rows are locked in one
    /// order, so that two that end the same sessions do not wait for each other in a circle.
    static func ending(_ users: String) -> String {
        """
        UPDATE auth_sessions SET is_revoked = true, revoked_at = $2
        WHERE NOT is_revoked AND id IN (
            SELECT id FROM auth_sessions WHERE user_id IN (\(users)) AND NOT is_revoked ORDER BY id FOR NO KEY UPDATE
        ) RETURNING \(columns)
        """
    }
}

extension AccountChange {
    /// Selects from the common table expressions `changed`, an account, and `ended`, its sessions.
    static let selection = """
        SELECT \(User.columns), ended_id, ended_until FROM changed
        LEFT JOIN (SELECT id AS ended_id, access_expires_at AS ended_until FROM ended) AS sessions ON true
        """

    /// Nil when nothing was changed.
    init?(_ rows: Rows) throws(MalformedRow) {
        guard let user = try rows.first(User.init) else { return nil }
        let ended = try rows.map { row throws(MalformedRow) in try EndedSession.optional(row, at: User.columnCount) }
        self.init(user: user, ended: ended.compactMap { $0 })
    }
}
