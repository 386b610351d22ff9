public import MVPAuth

extension PostgresStore {
    public func user(spelled address: String, canonical: Email?) async throws(AuthError) -> User? {
        let call = Self.userByAddress.with(["spelling": address, "canonical": canonical?.address])
        return try await read(call) { try $0.record() }
    }

    /// The exact spelling comes first. Adopted rows that share a canonical form with another one have no key.
    private static let userByAddress = Statement(
        "user.by_address",
        """
        SELECT \(User.selection) FROM auth_users WHERE email = :spelling OR email_key = :canonical OR email = :canonical
        ORDER BY email = :spelling DESC, email = :canonical DESC LIMIT 1
        """)

    /// The account as it is, and as it stays until the transaction ends: the statement after it sees nothing older.
    /// Sessions may still be inserted for it by others, which does not touch its row.
    static let lockUser = Statement("user.lock", "SELECT id FROM auth_users WHERE id = :user FOR NO KEY UPDATE")
}
