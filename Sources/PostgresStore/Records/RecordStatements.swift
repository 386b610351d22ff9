internal import MVPAuth

/// The statements for a kind of record, made from its columns once.
struct RecordStatements: Sendable {
    private let table: String
    private let names: [String]
    private let select: String
    private let insertion: String
    private let change: String

    init<R: Record>(for type: R.Type) {
        let names = R.columns.map(\.name)
        table = R.table
        self.names = names
        select = "SELECT \(type.selection) FROM \(R.table)"
        let places = names.indices.map { "$\($0 + 1)" }
        let kept = KeptColumn.all.filter { $0.table.utf8.elementsEqual(R.table.utf8) }
        func place(_ column: String) -> String { names.firstIndex(of: column).map { places[$0] } ?? "" }
        let inserted = kept.filter(\.isInserted)
        insertion = """
            INSERT INTO \(table) (\((names + inserted.map(\.name)).joined(separator: ", ")))
            VALUES (\((places + inserted.map { $0.value(place) }).joined(separator: ", ")))
            ON CONFLICT DO NOTHING RETURNING \(names[0])
            """
        let changes = zip(names, places).dropFirst().map { "\($0) = \($1)" }
        let all = changes + kept.map { "\($0.name) = \($0.value(place))" }
        change = "UPDATE \(table) SET \(all.joined(separator: ", ")) WHERE \(names[0]) = $1"
    }

    func find(_ key: StoredValue, locking: Bool) -> BoundStatement {
        BoundStatement("\(select) WHERE \(names[0]) = $1\(locking ? Self.lock : "")", [key])
    }

    func all<R: Record>(_ query: Query<R>, locking: Bool) -> BoundStatement {
        let (clauses, values) = clauses(of: query)
        let lock = locking ? Self.lock + (query.skipsLocked ? " SKIP LOCKED" : "") : ""
        return BoundStatement(select + clauses + lock, values)
    }

    func insert<R: Record>(_ record: R) -> BoundStatement { BoundStatement(insertion, record.row) }

    func update<R: Record>(_ record: R) -> BoundStatement { BoundStatement(change, record.row) }

    func delete<R: Record>(_ query: Query<R>) -> BoundStatement {
        let (clauses, values) = clauses(of: query)
        let key = names[0]
        return query.limit == nil
            ? BoundStatement("DELETE FROM \(table)\(clauses)", values)
            : BoundStatement("DELETE FROM \(table) WHERE \(key) IN (SELECT \(key) FROM \(table)\(clauses))", values)
    }

    /// Others may still insert rows that refer to this one.
    private static let lock = " FOR NO KEY UPDATE"

    private func clauses<R: Record>(of query: Query<R>) -> (sql: String, values: [StoredValue]) {
        var values: [StoredValue] = []
        func place(_ value: StoredValue) -> String {
            values.append(value)
            return "$\(values.count)"
        }
        var tests = query.conditions.map { condition in
            let name = names[condition.column]
            return switch condition.comparison {
            case .equal where condition.value == .null: "\(name) IS NULL"
            // Written so, an index of some rows only serves too.
            case .equal where condition.value == .flag(true): name
            case .equal where condition.value == .flag(false): "NOT \(name)"
            case .equal: "\(name) = \(place(condition.value))"
            case .less: "\(name) < \(place(condition.value))"
            case .greater: "\(name) > \(place(condition.value))"
            // By bytes, whatever the collation.
            case .begins:
                (["~>=~ \(place(condition.value))"] + (condition.endOfPrefix.map { ["~<~ \(place($0))"] } ?? []))
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

/// A column that no record has: by what we keep in it, writing by programs that know nothing of our columns is noticed.
private struct KeptColumn: Sendable {
    let table: String
    let name: String
    let isInserted: Bool
    /// The expression, given the place of a column's new value.
    let value: @Sendable (_ place: (String) -> String) -> String

    static let all = [
        KeptColumn(table: "auth_users", name: "hash_version", isInserted: false) { _ in "hash_version + 1" },
        KeptColumn(table: "auth_sessions", name: "own_hash", isInserted: true) { place in
            "left(\(place("refresh_token_hash"))::varchar, 16)"
        },
    ]
}
