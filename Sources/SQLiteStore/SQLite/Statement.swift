internal import CSQLite
internal import MVPAuth

/// A prepared statement of one connection.
final class Statement {
    private let connection: OpaquePointer
    private let handle: OpaquePointer
    private let sql: String
    private var isRunning = false

    init(_ sql: String, on connection: OpaquePointer) throws(SQLiteError) {
        var handle: OpaquePointer?
        let (code, isWhole) = sql.withCString { start in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(connection, start, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &tail)
            return (code, tail.map { $0.pointee == 0 } ?? true)
        }
        guard code == SQLITE_OK else { throw SQLiteError(code, of: connection, sql: sql) }
        guard let handle, isWhole else { preconditionFailure("not one statement: \(sql)") }
        self.connection = connection
        self.handle = handle
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs the statement to its end. Rows are not looked at.
    func run(_ values: [StoredValue]) throws(SQLiteError) {
        try begin(values)
        defer { end() }
        while try step() {}
    }

    /// Runs the statement and shows each row to `body`, until that has seen enough.
    func run(_ values: [StoredValue], _ body: (borrowing Row) throws -> Bool) throws {
        try begin(values)
        defer { end() }
        while try step(), try body(Row(of: handle)) {}
    }

    private func begin(_ values: [StoredValue]) throws(SQLiteError) {
        precondition(!isRunning, "a statement runs inside itself: \(sql)")
        isRunning = true
        do throws(SQLiteError) {
            try bind(values)
        } catch {
            end()
            throw error
        }
    }

    /// False at the end.
    private func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        case let code: throw SQLiteError(code, of: connection, sql: sql)
        }
    }

    private func end() {
        // Its code is that of the latest step, which has been looked at.
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        isRunning = false
    }

    private func bind(_ values: [StoredValue]) throws(SQLiteError) {
        precondition(values.count == sqlite3_bind_parameter_count(handle), "values that are not those of: \(sql)")
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let code =
                switch value {
                case .null: sqlite3_bind_null(handle, place)
                case .integer(let number): sqlite3_bind_int64(handle, place, number)
                case .flag(let flag): sqlite3_bind_int64(handle, place, flag ? 1 : 0)
                case .instant(let instant): sqlite3_bind_int64(handle, place, instant.microseconds)
                case .text(var text): text.withUTF8 { bind(UnsafeRawBufferPointer($0), at: place) }
                case .identifier(let high, let low):
                    withUnsafeTemporaryAllocation(byteCount: 36, alignment: 1) { text in
                        UserID(high: high, low: low).write(to: text)
                        return bind(UnsafeRawBufferPointer(text), at: place)
                    }
                }
            guard code == SQLITE_OK else { throw SQLiteError(code, of: connection, sql: sql) }
        }
    }

    /// SQLite keeps a copy, so that nothing of ours has to outlive the call.
    private func bind(_ text: UnsafeRawBufferPointer, at place: Int32) -> Int32 {
        // An empty text may have no address, which would mean NULL.
        guard let start = text.baseAddress, !text.isEmpty else { return sqlite_bind_copy(handle, place, "", 0) }
        return sqlite_bind_copy(handle, place, start.assumingMemoryBound(to: CChar.self), UInt64(text.count))
    }
}
