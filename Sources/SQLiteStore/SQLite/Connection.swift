internal import CSQLite
internal import MVPAuth

/// One connection to a database, used by one thread at a time.
///
/// Statements are prepared once and take their values as parameters only.
final class Connection {
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    private var records: [ObjectIdentifier: RecordStatements] = [:]

    enum Access { case readOnly, readWrite }

    /// Opens a database that is there.
    ///
    /// - Parameter patience: how many milliseconds a statement waits for another connection's lock.
    init(_ path: String, _ access: Access, patience: Int32) throws(SQLiteError) {
        // Of one thread at a time: SQLite needs no lock of its own.
        let flags = (access == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            defer { sqlite3_close_v2(handle) }
            throw SQLiteError(code, of: handle)
        }
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, patience)
        try execute("PRAGMA foreign_keys = ON")
        // Says at once when the file is none of SQLite's.
        try run("SELECT 1 FROM sqlite_master LIMIT 1")
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(handle)
    }

    /// Runs a statement to its end and returns how many rows it inserted, updated or deleted.
    @discardableResult
    func run(_ sql: String, _ values: [StoredValue] = []) throws(SQLiteError) -> Int {
        try statement(sql).run(values)
        return Int(sqlite3_changes64(handle))
    }

    /// The first row, as `read` understands it. For statements that only read: what comes after the row is not run.
    func first<Value>(
        _ sql: String, _ values: [StoredValue] = [], _ read: (borrowing Row) throws -> Value
    ) throws -> Value? {
        var result: Value?
        try statement(sql).run(values) { row in
            result = try read(row)
            return false
        }
        return result
    }

    /// Every row, as `read` understands it. A writing statement has run to its end when this returns.
    func all<Value>(
        _ sql: String, _ values: [StoredValue] = [], _ read: (borrowing Row) throws -> Value
    ) throws -> [Value] {
        var result: [Value] = []
        try statement(sql).run(values) { row in
            result.append(try read(row))
            return true
        }
        return result
    }

    /// Runs statements without values, once.
    func execute(_ script: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, of: handle, sql: script) }
    }

    var isInsideTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Moves the whole log into the file and empties it. Throws when others keep it from that.
    func foldLog() throws(SQLiteError) {
        let code = sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, of: handle) }
    }

    func statements<R: Record>(for type: R.Type) -> RecordStatements {
        let key = ObjectIdentifier(type)
        if let known = records[key] { return known }
        let new = RecordStatements(for: type)
        records[key] = new
        return new
    }

    private func statement(_ sql: String) throws(SQLiteError) -> Statement {
        if let known = statements[sql] { return known }
        let new = try Statement(sql, on: handle)
        statements[sql] = new
        return new
    }
}
