public import MVPAuth

extension SQLiteStore {
    /// One statement: it is what every login does first.
    public func subject(
        spelled address: String, canonical: Email?, keys: [String]
    ) async throws(AuthError) -> LoginSubject {
        guard keys.count <= Self.mostKeys else {
            return try await read { try Transaction($0).subject(spelled: address, canonical: canonical, keys: keys) }
        }
        let values =
            [address.stored, (canonical?.address).stored]
            + (0..<Self.mostKeys).map { index in
                index < keys.count ? keys[index].stored : .null
            }
        return try await query { database in
            let rows = try database.all(Self.accountAndThrottles, values) { row -> (user: User?, throttle: Throttle?) in
                (
                    user: row.isNull(0) ? nil : try row.record(User.self),
                    throttle: row.isNull(User.columns.count)
                        ? nil : try row.record(Throttle.self, from: User.columns.count)
                )
            }
            return LoginSubject(user: rows.first?.user, throttles: rows.compactMap(\.throttle))
        }
    }

    private static let mostKeys = 4

    /// The exact spelling comes first. There is always a row, so that no account takes as long as one.
    private static let accountAndThrottles = """
        SELECT \(User.columns.map { "account.\($0.name)" }.joined(separator: ", ")),
            \(Throttle.columns.map { "auth_throttles.\($0.name)" }.joined(separator: ", "))
        FROM (SELECT 1)
        LEFT JOIN (
            SELECT * FROM auth_users WHERE email = ?1 OR email_key = ?2 OR email = ?2
            ORDER BY email = ?1 DESC, email = ?2 DESC LIMIT 1
        ) AS account ON true
        LEFT JOIN auth_throttles ON auth_throttles.key IN (?3, ?4, ?5, ?6)
        """
}
