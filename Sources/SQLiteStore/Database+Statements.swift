internal import GRDB

/// Statements are prepared once for each connection and take their values as parameters only.
extension Database {
    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: StatementArguments = []) throws -> Int {
        try cachedStatement(sql: sql).execute(arguments: values)
        return changesCount
    }

    /// The first row, as `read` understands it.
    func first<Value>(
        _ sql: String, _ values: StatementArguments, _ read: (Row) throws -> Value
    ) throws -> Value? {
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: values)
        // A row is the cursor's: it is gone with it.
        return try withExtendedLifetime(rows) { try rows.next().map(read) }
    }

    /// Every row, as `read` understands it. A writing statement has run to its end when this returns.
    func all<Value>(
        _ sql: String, _ values: StatementArguments, _ read: (Row) throws -> Value
    ) throws -> [Value] {
        var result: [Value] = []
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: values)
        while let row = try rows.next() { result.append(try read(row)) }
        return result
    }
}
