internal import MVPAuth

/// The verbs, on a connection that is in a transaction.
extension Connection: StoreTransaction {
    func find<R: Record>(_ type: R.Type, _ key: R.Key) throws -> R? {
        try first(statements(for: type).find, [key.stored]) { try $0.record(type) }
    }

    func all<R: Record>(_ query: Query<R>) throws -> [R] {
        let (sql, values) = statements(for: R.self).select(query)
        return try all(sql, values) { try $0.record(R.self) }
    }

    func count<R: Record>(_ query: Query<R>) throws -> Int {
        let (sql, values) = statements(for: R.self).count(query)
        return Int(try first(sql, values) { try $0.integer(0) } ?? 0)
    }

    func insert<R: Record>(_ record: R) throws -> Bool {
        try run(statements(for: R.self).insert, record.row) == 1
    }

    func update<R: Record>(_ records: [R]) throws {
        let sql = statements(for: R.self).update
        for record in records { try run(sql, record.row) }
    }

    @discardableResult
    func delete<R: Record>(_ query: Query<R>) throws -> Int {
        let (sql, values) = statements(for: R.self).delete(query)
        return try run(sql, values)
    }
}

extension Row {
    /// The record whose columns are those of the row from the first one given, in their order.
    func record<R: Record>(_ type: R.Type, from first: Int = 0) throws -> R {
        guard let record = try R.read({ position, kind in try value(first + position, kind) }) else {
            throw SQLiteError.malformedRow("a row of \(R.table) holds a value that is none of ours")
        }
        return record
    }

    private func value(_ column: Int, _ kind: StoredValue.Kind) throws(SQLiteError) -> StoredValue {
        if isNull(column) { return .null }
        switch kind {
        case .text: return .text(try text(column))
        case .integer: return .integer(try integer(column))
        case .flag: return .flag(try flag(column))
        case .instant: return .instant(try instant(column))
        case .identifier:
            let id: UserID = try identifier(column)
            return .identifier(high: id.high, low: id.low)
        }
    }
}
