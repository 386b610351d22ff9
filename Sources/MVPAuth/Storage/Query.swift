/// Which rows of a table are wanted, and in what order.
///
/// ```swift
/// Query<Session>().where(\.userID, id).where(\.isRevoked, false)
/// ```
public struct Query<R: Record>: Sendable {
    public enum Comparison: Sendable {
        /// NULL equals NULL.
        case equal
        case less
        case greater
        /// A text that begins with the bytes of this one.
        case begins
    }

    /// A column, by its position, compared with a value. NULL is neither less nor greater than anything.
    public struct Condition: Sendable {
        public let column: Int
        public let comparison: Comparison
        public let value: StoredValue

        /// The least text behind all those that begin with the value: what begins with it lies from the value up to this.
        /// Nil: there is none.
        public var endOfPrefix: StoredValue? {
            guard case .text(let prefix) = value else { return nil }
            var scalars = Array(prefix.unicodeScalars)
            while let last = scalars.popLast() {
                // Behind U+D7FF come the surrogates, which no text holds.
                guard let next = Unicode.Scalar(last.value == 0xD7FF ? 0xE000 : last.value + 1) else { continue }
                return .text(String(String.UnicodeScalarView(scalars + [next])))
            }
            return nil
        }
    }

    /// Every one is met.
    public private(set) var conditions: [Condition] = []
    /// By these columns first to last. Nothing else is said about the order. Their values are never NULL.
    public private(set) var order: [(column: Int, isAscending: Bool)] = []
    /// The values of the columns of `order` in the last row of the page before. All of them go the same way.
    public private(set) var cursor: [StoredValue] = []
    public private(set) var limit: Int?
    /// Rows that another transaction is at are left out, where the store can tell.
    public private(set) var skipsLocked = false

    public init() {}

    /// The row of a key.
    public init(_ key: R.Key) {
        conditions = [Condition(column: 0, comparison: .equal, value: key.stored)]
    }

    public func `where`<Value: Storable>(_ path: any KeyPath<R, Value> & Sendable, _ value: Value) -> Self {
        adding(path, .equal, value.stored)
    }

    public func `where`<Value: Storable>(_ path: any KeyPath<R, Value> & Sendable, before value: Value) -> Self {
        adding(path, .less, value.stored)
    }

    public func `where`<Value: Storable>(_ path: any KeyPath<R, Value> & Sendable, after value: Value) -> Self {
        adding(path, .greater, value.stored)
    }

    /// The texts that begin so, byte by byte.
    public func `where`<Value: Storable>(
        _ path: any KeyPath<R, Value> & Sendable, beginning prefix: String
    ) -> Self {
        adding(path, .begins, prefix.stored)
    }

    public func ordered(by path: any PartialKeyPath<R> & Sendable, ascending: Bool = true) -> Self {
        var query = self
        query.order.append((R.position(of: path), ascending))
        return query
    }

    /// What comes after a record in this order.
    public func after(_ record: R) -> Self {
        var query = self
        query.cursor = order.map { R.columns[$0.column].get(record) }
        return query
    }

    public func limited(to count: Int) -> Self {
        var query = self
        query.limit = max(0, count)
        return query
    }

    public func skippingLocked() -> Self {
        var query = self
        query.skipsLocked = true
        return query
    }

    private func adding(_ path: PartialKeyPath<R>, _ comparison: Comparison, _ value: StoredValue) -> Self {
        var query = self
        query.conditions.append(Condition(column: R.position(of: path), comparison: comparison, value: value))
        return query
    }
}

extension Query {
    /// The rows that are wanted out of all, for stores whose medium cannot be asked. A row is its values in the order of
    /// the columns.
    public func select(from rows: some Sequence<[StoredValue]>) -> [[StoredValue]] {
        var found = rows.filter { row in conditions.allSatisfy { $0.isMet(by: row) } }
        if !order.isEmpty {
            if !cursor.isEmpty { found.removeAll { !precedes(cursor, keys(of: $0)) } }
            found.sort { precedes(keys(of: $0), keys(of: $1)) }
        }
        return limit.map { Array(found.prefix($0)) } ?? found
    }

    private func keys(of row: [StoredValue]) -> [StoredValue] { order.map { row[$0.column] } }

    private func precedes(_ left: [StoredValue], _ right: [StoredValue]) -> Bool {
        for (index, key) in order.enumerated() where left[index] != right[index] {
            return left[index].precedes(right[index]) == key.isAscending
        }
        return false
    }
}

extension Query.Condition {
    func isMet(by row: [StoredValue]) -> Bool {
        switch comparison {
        case .equal: row[column] == value
        case .less: row[column].precedes(value)
        case .greater: value.precedes(row[column])
        case .begins: row[column].begins(with: value)
        }
    }
}
