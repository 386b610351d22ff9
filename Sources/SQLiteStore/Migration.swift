/// One step from an older schema to the next, in one transaction. Its name is in the database once it was taken.
struct Migration: Sendable {
    private let name: String
    private let script: String

    init(_ name: String, _ script: String) {
        self.name = name
        self.script = script
    }

    /// Whether a newer program has changed the schema in a way that these migrations do not know.
    static func isSuperseded(_ migrations: [Migration], in database: Connection) throws -> Bool {
        let applied = try applied(in: database)
        return applied.contains { name in !migrations.contains { $0.has(name) } }
    }

    /// Applies in their order those that the database has not seen.
    static func apply(_ migrations: [Migration], to database: Connection) throws {
        try database.run("CREATE TABLE IF NOT EXISTS \(table) (identifier TEXT NOT NULL PRIMARY KEY)")
        let applied = try applied(in: database)
        for migration in migrations where !applied.contains(where: migration.has) {
            try migration.apply(to: database)
        }
    }

    /// The name of the table is that of a library which wrote it first. It stays: programs of then read it too.
    private static let table = "grdb_migrations"

    private static func applied(in database: Connection) throws -> [String] {
        guard try database.hasTable(table) else { return [] }
        return try database.all("SELECT identifier FROM \(table)") { try $0.text(0) }
    }

    private func has(_ name: String) -> Bool { self.name.utf8.elementsEqual(name.utf8) }

    /// A table may be made anew under its old name, so references are checked at the end only
    /// (sqlite.org/lang_altertable.html §7).
    private func apply(to database: Connection) throws {
        try database.execute("PRAGMA foreign_keys = OFF")
        do {
            try database.run("BEGIN IMMEDIATE")
            try database.execute(script)
            try database.run("INSERT INTO \(Self.table) (identifier) VALUES (?)", [.text(name)])
            if let child = try database.first("PRAGMA foreign_key_check", [], { try $0.text(0) }) {
                throw SQLiteError.malformedRow("a row of \(child) refers to nothing")
            }
            try database.run("COMMIT")
        } catch {
            if database.isInsideTransaction { _ = try? database.run("ROLLBACK") }
            throw error
        }
        try database.execute("PRAGMA foreign_keys = ON")
    }
}

extension Connection {
    func hasTable(_ name: String) throws -> Bool {
        try first(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE", [.text(name)]
        ) { _ in true } ?? false
    }
}
