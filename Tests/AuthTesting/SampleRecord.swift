package import MVPAuth

/// A record with a column of each sort, and what can be asked of it: for the statements that stores make.
package struct SampleRecord: Record {
    package typealias Key = UserID

    package var id: UserID
    package var name: String
    package var isOpen: Bool
    package var count: Int64?

    package static let table = "samples"
    package static let columns: [Column<SampleRecord>] = [
        Column("id", \.id), Column("name", \.name), Column("is_open", \.isOpen), Column("count", \.count),
    ]
    package static let blank = SampleRecord(id: UserID(high: 0, low: 0), name: "", isOpen: false, count: nil)

    /// Everything that a query can say, in eight values where flags are values.
    package static let everything = Query<SampleRecord>().where(\.count, nil).where(\.isOpen, true)
        .where(\.name, beginning: "ad").where(\.count, before: 5).where(\.count, after: 1)
        .ordered(by: \.name, ascending: false).ordered(by: \.id, ascending: false).after(blank).limited(to: 7)
}
