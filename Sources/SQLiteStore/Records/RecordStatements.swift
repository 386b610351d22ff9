internal import MVPAuth

/// The statements for a kind of record, made from its columns once.
struct RecordStatements: Sendable {
    let find: String
    let insert: String
    let update: String
    private let names: [String]
    private let table: String

    init<R: Record>(for type: R.Type) {
        table = R.table
        names = R.columns.map(\.name)
        let list = names.joined(separator: ", ")
        let places = names.indices.map { "?\($0 + 1)" }
        find = "SELECT \(list) FROM \(table) WHERE \(names[0]) = ?1"
        insert =
            "INSERT INTO \(table) (\(list)) VALUES (\(places.joined(separator: ", "))) ON CONFLICT DO NOTHING"
        let changes = zip(names, places).dropFirst().map { "\($0) = \($1)" }
        update = "UPDATE \(table) SET \(changes.joined(separator: ", ")) WHERE \(names[0]) = ?1"
    }

    func select<R: Record>(_ query: Query<R>) -> (sql: String, values: [StoredValue]) {
        let (clauses, values) = clauses(of: query)
        return ("SELECT \(names.joined(separator: ", ")) FROM \(table)\(clauses)", values)
    }

    func delete<R: Record>(_ query: Query<R>) -> (sql: String, values: [StoredValue]) {
        let (clauses, values) = clauses(of: query)
        let key = names[0]
        return query.limit == nil
            ? ("DELETE FROM \(table)\(clauses)", values)
            : ("DELETE FROM \(table) WHERE \(key) IN (SELECT \(key) FROM \(table)\(clauses))", values)
    }

    private func clauses<R: Record>(of query: Query<R>) -> (sql: String, values: [StoredValue]) {
        var values: [StoredValue] = []
        func place(_ value: StoredValue) -> String {
            values.append(value)
            return "?\(values.count)"
        }
        var tests = query.conditions.map { condition in
            let name = names[condition.column]
            return switch condition.comparison {
            case .equal where condition.value == .null: "\(name) IS NULL"
            case .equal: "\(name) = \(place(condition.value))"
            case .less: "\(name) < \(place(condition.value))"
            case .greater: "\(name) > \(place(condition.value))"
            case .begins:
                ([">= \(place(condition.value))"] + (condition.endOfPrefix.map { ["< \(place($0))"] } ?? []))
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
