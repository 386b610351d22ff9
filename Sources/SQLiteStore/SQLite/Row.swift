internal import CSQLite
internal import MVPAuth

/// The row that a statement stands on: gone with its next step, so that it cannot be kept. Columns are read by position.
struct Row: ~Copyable {
    private let statement: OpaquePointer

    init(of statement: OpaquePointer) {
        self.statement = statement
    }

    func isNull(_ column: Int) -> Bool { type(column) == SQLITE_NULL }

    func text(_ column: Int) throws(SQLiteError) -> String {
        String(decoding: try bytes(column), as: UTF8.self)
    }

    func integer(_ column: Int) throws(SQLiteError) -> Int64 {
        guard type(column) == SQLITE_INTEGER else { throw .malformedRow("a row holds no integer in column \(column)") }
        return sqlite3_column_int64(statement, Int32(column))
    }

    func flag(_ column: Int) throws(SQLiteError) -> Bool {
        try integer(column) != 0
    }

    /// Microseconds since 1970.
    func instant(_ column: Int) throws(SQLiteError) -> Timestamp {
        Timestamp(microseconds: try integer(column))
    }

    func identifier<Entity>(_ column: Int) throws(SQLiteError) -> Identifier<Entity> {
        guard let identifier = Identifier<Entity>.parse(UnsafeRawBufferPointer(try bytes(column))) else {
            throw .malformedRow("a row holds a malformed identifier")
        }
        return identifier
    }

    /// The bytes of a text, until the next step.
    private func bytes(_ column: Int) throws(SQLiteError) -> UnsafeBufferPointer<UInt8> {
        guard type(column) == SQLITE_TEXT else { throw .malformedRow("a row holds no text in column \(column)") }
        guard let start = sqlite3_column_text(statement, Int32(column)) else {
            throw SQLiteError(SQLITE_NOMEM, of: nil)
        }
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column))))
    }

    private func type(_ column: Int) -> Int32 { sqlite3_column_type(statement, Int32(column)) }
}
