public import MVPAuth

/// What a database is like, and what a daemon would do to it when it starts. Made by reading only.
public struct DatabaseReport: Sendable {
    public let serverVersion: String
    public let host: String
    /// How durable an acknowledged commit is: the server's `synchronous_commit`.
    public let synchronousCommit: String
    /// Migrations, by name.
    public let applied: [String]
    public let pending: [String]
    /// What the role lacks for the pending migrations, a sentence each.
    public let obstacles: [String]
    /// Accounts whose addresses are spellings of one canonical form. They sign in by their exact spelling; any other
    /// spelling reaches the first of each group.
    public let sharedAddresses: [[String]]

    /// Throws why the database cannot be used: not reachable, not readable, or not made for this program.
    public init(_ options: PostgresOptions, emails: EmailPolicy) throws(PostgresStoreError) {
        do {
            let deadline = SystemTime().uptime() + Self.patience
            let connection = try Connection(options, for: "check", deadline: deadline)
            let version = connection.serverVersion
            serverVersion = "\(version / 10_000).\(version % 10_000)"
            host = connection.host
            synchronousCommit = try connection.synchronousCommit(deadline: deadline)
            let status = try Schema.status(of: connection, deadline: deadline)
            applied = status.applied
            pending = status.pending.map(\.name)
            obstacles = status.pending.isEmpty ? [] : try Self.obstacles(connection, deadline)
            sharedAddresses = try Self.sharedAddresses(connection, emails, deadline)
        } catch let error as PostgresStoreError {
            throw error
        } catch {
            throw PostgresStoreError("The database cannot be read: \(error)")
        }
    }

    private static let patience: UInt64 = 60 * 1_000_000_000

    private static func sharedAddresses(
        _ connection: Connection, _ emails: EmailPolicy, _ deadline: UInt64
    ) throws -> [[String]] {
        let isThere = try connection.first(hasUsers.with(), deadline) { row throws(MalformedRow) in try row.flag(0) }
        guard isThere == true else { return [] }
        let rows = try connection.all(candidates.with(), deadline) { row throws(MalformedRow) in try row.text(0) }
        var groups: [[UInt8]: [String]] = [:]
        for address in rows {
            guard let key = emails.canonicalIfValid(address)?.address else { continue }
            groups[Array(key.utf8), default: []].append(address)
        }
        return groups.filter { $0.value.count > 1 }.map { key, spellings in
            // The owner of the canonical form first: who is spelled so, else the oldest.
            let owner = spellings.firstIndex { $0.utf8.elementsEqual(key) } ?? 0
            return [spellings[owner]] + spellings.enumerated().filter { $0.offset != owner }.map(\.element)
        }.sorted { $0[0] < $1[0] }
    }

    private static func obstacles(_ connection: Connection, _ deadline: UInt64) throws -> [String] {
        let role = try connection.first(rights.with(), deadline) { row throws(MalformedRow) in
            (name: try row.text(0), schema: try row.optionalText(1), mayCreate: try row.flag(2))
        }
        guard let role else { return [] }
        guard let schema = role.schema else {
            return ["The search_path of the role \(role.name) names no schema that is there."]
        }
        let foreign = try connection.all(foreignTables.with(), deadline) { row throws(MalformedRow) in
            let (table, owner) = (try row.text(0), try row.text(1))
            return "The table \(table) belongs to \(owner); only its owner may change it."
        }
        return (role.mayCreate ? [] : ["The role \(role.name) may not CREATE in the schema \(schema)."]) + foreign
    }

    private static let rights = Statement(
        "report.rights",
        """
        SELECT current_user::text, current_schema()::text,
            coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)
        """)

    private static let foreignTables = Statement(
        "report.foreign_tables",
        """
        SELECT relname::text, pg_get_userbyid(relowner)::text FROM pg_class
        WHERE relname IN ('auth_migrations', 'auth_users', 'auth_sessions', 'auth_blocked_tokens') AND relkind = 'r'
            AND pg_table_is_visible(oid) AND NOT pg_has_role(relowner, 'USAGE') ORDER BY relname
        """)

    private static let hasUsers = Statement("report.has_users", "SELECT to_regclass('auth_users') IS NOT NULL")

    /// Addresses that differ in nothing but case, and those that SQL cannot judge, the older first.
    private static let candidates = Statement(
        "report.candidates",
        """
        SELECT email FROM auth_users
        WHERE email COLLATE "C" !~ '^[!-~]+$' OR email COLLATE "C" ~ '@xn--' OR lower(email COLLATE "C") IN (
            SELECT lower(email COLLATE "C") FROM auth_users GROUP BY lower(email COLLATE "C") HAVING count(*) > 1
        ) ORDER BY created_at, id
        """)
}
