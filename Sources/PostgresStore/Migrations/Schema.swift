internal import MVPAuth

/// Brings a database up to date: an empty one, one of the Python library, or one of an earlier version.
///
/// Migrations are named and append only, each in a transaction of its own under one lock, so that several daemons may
/// start at once. They only add: the version before, and the Python library, keep running beside this one.
enum Schema {
    struct Migration: Sendable {
        let name: String
        /// Whether a program that does not know this migration may use the database.
        let isCompatible: Bool
        let sql: String
    }

    /// What a database has, as far as this program is concerned.
    struct Status {
        var applied: [String] = []
        var pending: [Migration] = Schema.migrations
        /// Migrations that this program does not know and must not work beside.
        var foreign: [String] = []
    }

    static let oldestServer = 13

    /// Adopting a large table may take its time.
    private static let patience: UInt64 = 600 * 1_000_000_000
    /// Any number, the same in every version: "mvp_auth" in ASCII.
    private static let lock: Int64 = 0x6D76_705F_6175_7468

    static func prepare(_ connection: Connection, emails: EmailPolicy) throws {
        let deadline = SystemTime().uptime() + patience
        guard connection.serverVersion >= oldestServer * 10_000 else {
            throw PostgresStoreError("The server is older than PostgreSQL \(oldestServer).")
        }
        if let encoding = connection.parameter("server_encoding"), !encoding.utf8.elementsEqual("UTF8".utf8) {
            throw PostgresStoreError("The database is encoded in \(encoding); it must be UTF8.")
        }
        // Where nothing is pending nothing is locked, and no right to change tables is needed.
        for migration in try status(of: connection, deadline: deadline).pending {
            try apply(migration, to: connection, deadline: deadline)
        }
        if let misplaced = try connection.first(SchemaPlace.question.with(), deadline, SchemaPlace.init) {
            throw PostgresStoreError(misplaced.sentence)
        }
        try EmailKeys.assign(on: connection, emails: emails, deadline: deadline)
    }

    /// Reads only.
    static func status(of connection: Connection, deadline: UInt64) throws -> Status {
        guard try connection.first(hasTable.with(), deadline, { row throws(MalformedRow) in try row.flag(0) }) == true
        else { return Status() }
        let known = try connection.all(applied.with(), deadline) { row throws(MalformedRow) in
            (name: try row.text(0), isCompatible: try row.flag(1))
        }
        var status = Status()
        status.applied = known.map(\.name)
        status.pending = migrations.filter { migration in !known.contains { $0.name == migration.name } }
        status.foreign = known.filter { entry in
            !entry.isCompatible && !migrations.contains { $0.name == entry.name }
        }.map(\.name)
        guard status.foreign.isEmpty else {
            throw PostgresStoreError("The database was made by a newer mvp-auth; use that one.")
        }
        return status
    }

    private static func apply(_ migration: Migration, to connection: Connection, deadline: UInt64) throws {
        try connection.execute("BEGIN; SET LOCAL statement_timeout = 0; \(settings)", deadline: deadline)
        do {
            _ = try connection.first(takeLock.with(["lock": lock]), deadline, { _ in })
            // Whoever held the lock may have done it.
            if try status(of: connection, deadline: deadline).pending.contains(where: { $0.name == migration.name }) {
                try connection.execute(migration.sql, deadline: deadline)
                let entry = record.with(["name": migration.name, "is_compatible": migration.isCompatible])
                _ = try connection.first(entry, deadline, { _ in })
            }
            try connection.execute("COMMIT", deadline: deadline)
        } catch {
            try? connection.execute("ROLLBACK", deadline: deadline)
            throw error
        }
    }

    /// Functions of triggers run with our rights: what they name is looked for in our schema only.
    private static let settings = """
        SET LOCAL lock_timeout = '10s';
        SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
        """

    /// Asks the catalogue: `to_regclass` remembers what was missing before the lock was taken.
    private static let hasTable = Statement(
        "schema.has_table",
        "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'auth_migrations' AND pg_table_is_visible(oid))")
    private static let applied = Statement("schema.applied", "SELECT name, is_compatible FROM auth_migrations")
    private static let takeLock = Statement("schema.lock", "SELECT pg_advisory_xact_lock(:lock)")
    private static let record = Statement(
        "schema.record", "INSERT INTO auth_migrations (name, is_compatible) VALUES (:name, :is_compatible)")
}

extension Connection {
    /// Runs one call alone.
    func rows(_ call: BoundStatement, _ deadline: UInt64) throws -> Rows? {
        guard case .some(let outcome) = try exchange([[call]], deadline: deadline).first else { return nil }
        return try outcome.get().first
    }

    func first<Value>(
        _ call: BoundStatement, _ deadline: UInt64, _ read: (Row) throws(MalformedRow) -> Value
    ) throws -> Value? {
        try rows(call, deadline)?.first(read)
    }

    func all<Value>(
        _ call: BoundStatement, _ deadline: UInt64, _ read: (Row) throws(MalformedRow) -> Value
    ) throws -> [Value] {
        try rows(call, deadline)?.map(read) ?? []
    }

    /// How durable a commit of this role in this database is.
    func synchronousCommit(deadline: UInt64) throws -> String {
        try first(Self.durability.with(), deadline) { row throws(MalformedRow) in try row.text(0) } ?? ""
    }

    private static let durability = Statement("durability", "SELECT current_setting('synchronous_commit')")
}
