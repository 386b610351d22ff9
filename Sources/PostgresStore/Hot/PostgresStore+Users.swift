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

    public func subject(
        spelled address: String, canonical: Email?, keys: [String]
    ) async throws(AuthError) -> LoginSubject {
        guard keys.count <= Self.mostKeys else {
            return try await read { try Transaction($0).subject(spelled: address, canonical: canonical, keys: keys) }
        }
        func key(_ index: Int) -> String? { index < keys.count ? keys[index] : nil }
        let call = Self.accountAndThrottles.with([
            "spelling": address, "canonical": canonical?.address, "first": key(0), "second": key(1), "third": key(2),
            "fourth": key(3),
        ])
        return try await read(call) { rows in
            let found = try rows.map { row throws(MalformedRow) -> (user: User?, throttle: Throttle?) in
                (
                    user: row.isNull(0) ? nil : try row.record(User.self),
                    throttle: row.isNull(User.columns.count)
                        ? nil : try row.record(Throttle.self, from: User.columns.count)
                )
            }
            return LoginSubject(user: found.first?.user, throttles: found.compactMap(\.throttle))
        }
    }

    private static let mostKeys = 4

    /// There is always a row, so that no account takes as long as one.
    private static let accountAndThrottles = Statement(
        "login.subject",
        """
        SELECT \(User.columns.map { "account.\($0.name)" }.joined(separator: ", ")),
            \(Throttle.columns.map { "auth_throttles.\($0.name)" }.joined(separator: ", "))
        FROM (SELECT) AS always
        LEFT JOIN (
            SELECT * FROM auth_users WHERE email = :spelling OR email_key = :canonical OR email = :canonical
            ORDER BY email = :spelling DESC, email = :canonical DESC LIMIT 1
        ) AS account ON true
        LEFT JOIN auth_throttles ON auth_throttles.key IN (:first, :second, :third, :fourth)
        """)

    /// The account as it is, and as it stays until the transaction ends: the statement after it sees nothing older.
    /// Sessions may still be inserted for it by others, which does not touch its row.
    static let lockUser = Statement("user.lock", "SELECT id FROM auth_users WHERE id = :user FOR NO KEY UPDATE")
}
