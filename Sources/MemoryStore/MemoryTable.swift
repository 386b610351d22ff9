internal import MVPAuth

/// Rows by their keys, and their keys by what is looked for. A row is its values in the order of the record's columns.
struct MemoryTable: Sendable {
    private(set) var rows: [StoredValue: [StoredValue]] = [:]
    /// By the position of a column and its value: the keys of the rows that have it. NULL is not looked for.
    private var keys: [Int: [StoredValue: Set<StoredValue>]]
    private let unique: Set<Int>

    init<R: Record>(for type: R.Type) {
        keys = [:]
        for (position, column) in R.columns.enumerated() where column.index != .none && position > 0 {
            keys[position] = [:]
        }
        unique = Set(R.columns.indices.filter { R.columns[$0].index == .unique && $0 > 0 })
    }

    /// Whether another row has a value that may be there once.
    func hasTaken(_ row: [StoredValue]) -> Bool {
        rows[row[0]] != nil
            || unique.contains { position in
                row[position] != .null && keys[position]?[row[position]]?.isEmpty == false
            }
    }

    /// What was there under the key.
    @discardableResult
    mutating func replace(_ key: StoredValue, by row: [StoredValue]?) -> [StoredValue]? {
        let old = rows[key]
        rows[key] = row
        for position in keys.keys {
            if let value = old?[position], value != .null {
                keys[position]?[value]?.remove(key)
                if keys[position]?[value]?.isEmpty == true { keys[position]?[value] = nil }
            }
            if let value = row?[position], value != .null { keys[position]?[value, default: []].insert(key) }
        }
        return old
    }

    /// The rows that a query wants.
    func select<R: Record>(_ query: Query<R>) -> [[StoredValue]] {
        for condition in query.conditions where condition.comparison == .equal && condition.value != .null {
            if condition.column == 0 { return query.select(from: rows[condition.value].map { [$0] } ?? []) }
            if let found = keys[condition.column] {
                return query.select(from: (found[condition.value] ?? []).compactMap { rows[$0] })
            }
        }
        return query.select(from: rows.values)
    }
}
