internal import MVPAuth

/// Gives adopted accounts the canonical form of addresses that SQL cannot judge: those outside ASCII.
enum EmailKeys {
    static func assign(on connection: Connection, emails: EmailPolicy, deadline: UInt64) throws {
        let rows = try connection.all(candidates.with(), deadline) { row throws(MalformedRow) in
            (id: try row.identifier(0) as UserID, email: try row.text(1))
        }
        // Stable: whoever is spelled canonically comes first, then the older.
        let named = rows.compactMap { row in emails.canonicalIfValid(row.email).map { (row.id, row.email, $0.address) }
        }
        let (exact, others) = (named.filter(isExact), named.filter { !isExact($0) })
        for (id, _, key) in exact + others {
            let call = assign.with(["key": key, "id": id])
            // Taken by somebody since: the spelling is what is left.
            do { _ = try connection.rows(call, deadline) } catch let error as ServerError where error.state == "23505" {
            }
        }
    }

    private static func isExact(_ entry: (id: UserID, email: String, key: String)) -> Bool {
        entry.email.utf8.elementsEqual(entry.key.utf8)
    }

    private static let candidates = Statement(
        "keys.candidates",
        """
        SELECT id, email FROM auth_users WHERE email_key IS NULL AND auth_canonical(email) IS NULL
        ORDER BY created_at, id
        """)

    private static let assign = Statement(
        "keys.assign",
        """
        UPDATE auth_users SET email_key = :key WHERE id = :id AND email_key IS NULL
            AND NOT EXISTS (SELECT FROM auth_users WHERE email_key = :key)
        """)
}
