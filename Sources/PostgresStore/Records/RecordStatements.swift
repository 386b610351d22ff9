internal import MVPAuth

/// The statements for a kind of record, made from its columns once.
struct RecordStatements: Sendable {
    private static let dialect = SQLDialect(mark: "$", namesFlags: true, notBefore: "~>=~", before: "~<~")

    private let record: RecordSQL
    private let select: String
    private let insertion: String
    private let change: String

    init<R: Record>(for type: R.Type) {
        let record = RecordSQL(type, in: Self.dialect)
        self.record = record
        let (table, names, places) = (record.table, record.names, record.places)
        select = "SELECT \(type.selection) FROM \(table)"
        let kept = KeptColumn.all.filter { $0.table.utf8.elementsEqual(table.utf8) }
        func place(_ column: String) -> String { names.firstIndex(of: column).map { places[$0] } ?? "" }
        let inserted = kept.filter(\.isInserted)
        insertion = """
            INSERT INTO \(table) (\((names + inserted.map(\.name)).joined(separator: ", ")))
            VALUES (\((places + inserted.map { $0.value(place) }).joined(separator: ", ")))
            ON CONFLICT DO NOTHING RETURNING \(names[0])
            """
        let changes = record.changes + kept.map { "\($0.name) = \($0.value(place))" }
        change = "UPDATE \(table) SET \(changes.joined(separator: ", "))" + record.ofKey
    }

    func find(_ key: StoredValue, locking: Bool) -> BoundStatement {
        BoundStatement("\(select)\(record.ofKey)\(locking ? Self.lock : "")", [key])
    }

    func all<R: Record>(_ query: Query<R>, locking: Bool) -> BoundStatement {
        let (clauses, values) = record.clauses(of: query)
        let lock = locking ? Self.lock + (query.skipsLocked ? " SKIP LOCKED" : "") : ""
        return BoundStatement(select + clauses + lock, values)
    }

    func count<R: Record>(_ query: Query<R>) -> BoundStatement {
        let (sql, values) = record.count(query)
        return BoundStatement(sql, values)
    }

    func insert<R: Record>(_ record: R) -> BoundStatement { BoundStatement(insertion, record.row) }

    func update<R: Record>(_ record: R) -> BoundStatement { BoundStatement(change, record.row) }

    func delete<R: Record>(_ query: Query<R>) -> BoundStatement {
        let (sql, values) = record.delete(query)
        return BoundStatement(sql, values)
    }

    /// Others may still insert rows that refer to this one.
    private static let lock = " FOR NO KEY UPDATE"
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
