/// Where databases spell the statements for records differently.
package struct SQLDialect: Sendable {
    /// What stands before the number of a value.
    let mark: String
    /// Whether a condition on a flag is the column itself, so that an index of some rows only serves too.
    let namesFlags: Bool
    /// Texts are compared by their bytes, whatever the collation.
    let notBefore: String
    let before: String

    package init(mark: String, namesFlags: Bool, notBefore: String, before: String) {
        (self.mark, self.namesFlags, self.notBefore, self.before) = (mark, namesFlags, notBefore, before)
    }
}

/// What the statements for a kind of record are made of, from its columns, once.
package struct RecordSQL: Sendable {
    package typealias Bound = (sql: String, values: [StoredValue])

    package let table: String
    /// Of the columns; the first is the key.
    package let names: [String]
    /// Of their values, in the same order.
    package let places: [String]
    private let dialect: SQLDialect

    package init<R: Record>(_ type: R.Type, in dialect: SQLDialect) {
        table = R.table
        names = R.columns.map(\.name)
        places = names.indices.map { "\(dialect.mark)\($0 + 1)" }
        self.dialect = dialect
    }

    /// `name = place` for every column but the key.
    package var changes: [String] { zip(names, places).dropFirst().map { "\($0) = \($1)" } }

    /// Restricts to the row whose key is the first value.
    package var ofKey: String { " WHERE \(names[0]) = \(places[0])" }

    package func count<R: Record>(_ query: Query<R>) -> Bound {
        let (clauses, values) = clauses(of: query)
        return ("SELECT count(*) FROM (SELECT \(names[0]) FROM \(table)\(clauses)) AS found", values)
    }

    package func delete<R: Record>(_ query: Query<R>) -> Bound {
        let (clauses, values) = clauses(of: query)
        let key = names[0]
        return query.limit == nil
            ? ("DELETE FROM \(table)\(clauses)", values)
            : ("DELETE FROM \(table) WHERE \(key) IN (SELECT \(key) FROM \(table)\(clauses))", values)
    }

    /// What follows the table: conditions, order and limit.
    package func clauses<R: Record>(of query: Query<R>) -> Bound {
        var values: [StoredValue] = []
        func place(_ value: StoredValue) -> String {
            values.append(value)
            return "\(dialect.mark)\(values.count)"
        }
        var tests = query.conditions.map { condition in
            let name = names[condition.column]
            return switch condition.comparison {
            case .equal where condition.value == .null: "\(name) IS NULL"
            case .equal where dialect.namesFlags && condition.value == .flag(true): name
            case .equal where dialect.namesFlags && condition.value == .flag(false): "NOT \(name)"
            case .equal: "\(name) = \(place(condition.value))"
            case .less: "\(name) < \(place(condition.value))"
            case .greater: "\(name) > \(place(condition.value))"
            case .begins:
                (["\(dialect.notBefore) \(place(condition.value))"]
                    + (condition.endOfPrefix.map { ["\(dialect.before) \(place($0))"] } ?? []))
                    .map { "\(name) \($0)" }.joined(separator: " AND ")
            }
        }
        let order = query.order.map { names[$0.column] }
        if !query.cursor.isEmpty {
            let sign = query.order[0].isAscending ? ">" : "<"
            let start = query.cursor.map { place($0) }.joined(separator: ", ")
            tests.append("(\(order.joined(separator: ", "))) \(sign) (\(start))")
        }
        var sql = tests.isEmpty ? "" : " WHERE " + tests.joined(separator: " AND ")
        if !order.isEmpty {
            let keys = zip(order, query.order).map { $1.isAscending ? $0 : "\($0) DESC" }
            sql += " ORDER BY " + keys.joined(separator: ", ")
        }
        if let limit = query.limit { sql += " LIMIT \(place(.integer(Int64(limit))))" }
        return (sql, values)
    }
}
