internal import CSQLite

/// What SQLite said instead of doing its work.
struct SQLiteError: Error, CustomStringConvertible {
    /// An extended result code (sqlite.org/rescode.html).
    private let code: Int32
    let message: String
    /// The statement, without its values.
    private let sql: String?

    init(_ code: Int32, _ message: String, sql: String? = nil) {
        self.code = code
        self.message = message
        self.sql = sql
    }

    /// What the connection says of its latest call, which has failed.
    init(_ code: Int32, of connection: OpaquePointer?, sql: String? = nil) {
        let text = connection.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        self.init(code, text.map { String(cString: $0) } ?? "", sql: sql)
    }

    /// A row that our statements did not write.
    static func malformedRow(_ what: String) -> SQLiteError { SQLiteError(SQLITE_CORRUPT, what) }

    static let closed = SQLiteError(SQLITE_MISUSE, "Connection is closed")

    /// The file is something else.
    var isNotDatabase: Bool { primaryCode == SQLITE_NOTADB }

    /// The medium failed: what was being written may be there or not.
    var isInputOutputFailure: Bool { primaryCode == SQLITE_IOERR }

    private var primaryCode: Int32 { code & 0xFF }

    var description: String {
        "SQLite error \(primaryCode): \(message)" + (sql.map { " - while executing `\($0)`" } ?? "")
    }
}
