internal import MVPAuth

/// The verbs over the tables, and what undoes them.
final class MemoryTransaction: StoreTransaction {
    private var tables: [String: MemoryTable]
    private var undo: [(table: String, key: StoredValue, row: [StoredValue]?)] = []

    /// Takes the tables out of their place until the end, so that they are changed and not copied.
    init(taking tables: inout [String: MemoryTable]) {
        self.tables = tables
        tables = [:]
    }

    /// The tables with everything that was done.
    func commit() -> [String: MemoryTable] { tables }

    /// The tables as they were.
    func rollBack() -> [String: MemoryTable] {
        for step in undo.reversed() { tables[step.table]?.replace(step.key, by: step.row) }
        return tables
    }

    func find<R: Record>(_ type: R.Type, _ key: R.Key) throws -> R? {
        try tables[R.table]?.rows[key.stored].map(record)
    }

    func all<R: Record>(_ query: Query<R>) throws -> [R] {
        try tables[R.table]?.select(query).map(record) ?? []
    }

    func insert<R: Record>(_ record: R) throws -> Bool {
        let row = record.row
        guard tables[R.table]?.hasTaken(row) != true else { return false }
        replace(row[0], by: row, in: R.self)
        return true
    }

    func update<R: Record>(_ records: [R]) throws {
        for record in records {
            let row = record.row
            if tables[R.table]?.rows[row[0]] != nil { replace(row[0], by: row, in: R.self) }
        }
    }

    func delete<R: Record>(_ query: Query<R>) throws -> Int {
        let rows = tables[R.table]?.select(query) ?? []
        for row in rows { replace(row[0], by: nil, in: R.self) }
        return rows.count
    }

    private func replace<R: Record>(_ key: StoredValue, by row: [StoredValue]?, in type: R.Type) {
        let old = tables[R.table, default: MemoryTable(for: type)].replace(key, by: row)
        undo.append((R.table, key, old))
    }

    private func record<R: Record>(_ row: [StoredValue]) throws -> R {
        guard let record = R.read({ position, _ in row[position] }) else { throw AuthError(.internalError) }
        return record
    }
}
