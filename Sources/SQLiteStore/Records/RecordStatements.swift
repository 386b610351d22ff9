internal import MVPAuth

/// The statements for a kind of record, made from its columns once.
struct RecordStatements: Sendable {
    private static let dialect = SQLDialect(mark: "?", namesFlags: false, notBefore: ">=", before: "<")

    let find: String
    let insert: String
    let update: String
    private let selection: String
    private let record: RecordSQL

    init<R: Record>(for type: R.Type) {
        record = RecordSQL(type, in: Self.dialect)
        let (table, list) = (record.table, record.names.joined(separator: ", "))
        selection = "SELECT \(list) FROM \(table)"
        find = selection + record.ofKey
        let places = record.places.joined(separator: ", ")
        insert = "INSERT INTO \(table) (\(list)) VALUES (\(places)) ON CONFLICT DO NOTHING"
        update = "UPDATE \(table) SET \(record.changes.joined(separator: ", "))" + record.ofKey
    }

    func select<R: Record>(_ query: Query<R>) -> RecordSQL.Bound {
        let (clauses, values) = record.clauses(of: query)
        return (selection + clauses, values)
    }

    func count<R: Record>(_ query: Query<R>) -> RecordSQL.Bound { record.count(query) }

    func delete<R: Record>(_ query: Query<R>) -> RecordSQL.Bound { record.delete(query) }
}
