internal import MVPAuth

extension Record {
    /// The columns as they are read.
    static var selection: String {
        columns.map { column in
            table == "auth_sessions" && column.name == "generation" ? Session.effectiveGeneration : column.name
        }.joined(separator: ", ")
    }
}

extension Row {
    /// The record whose columns are those of the row from the first one given, in their order.
    func record<R: Record>(_ type: R.Type = R.self, from first: Int = 0) throws(MalformedRow) -> R {
        let record: R?
        do {
            record = try R.read { position, kind in try value(first + position, kind) }
        } catch {
            throw MalformedRow()
        }
        guard let record else { throw MalformedRow() }
        return record
    }
}

extension Rows {
    /// Every row as a record.
    func records<R: Record>(_ type: R.Type = R.self) throws(MalformedRow) -> [R] {
        try map { row throws(MalformedRow) in try row.record(type) }
    }

    /// The first row as a record.
    func record<R: Record>(_ type: R.Type = R.self) throws(MalformedRow) -> R? {
        try first { row throws(MalformedRow) in try row.record(type) }
    }
}

extension Session {
    /// Counts rotations. One by a program that knows nothing of generations shows by a hash that is not the one that
    /// we wrote, and counts too.
    static let effectiveGeneration = "generation + CASE WHEN own_hash <> left(refresh_token_hash, 16) THEN 1 ELSE 0 END"

    /// A session that may still be refreshed.
    static let isLive = "NOT is_revoked AND expires_at > :now AND absolute_expires_at > :now"
    static let latestFirst = "coalesce(last_used_at, created_at) DESC, created_at DESC"
}

extension EndedSession {
    static let columns = "id, coalesce(access_expires_at, created_at) AS access_expires_at"

    init(_ row: Row) throws(MalformedRow) {
        self.init(id: try row.identifier(0), accessExpiresAt: try row.instant(1))
    }

    /// Nil where an outer join found none.
    static func optional(_ row: Row, at column: Int) throws(MalformedRow) -> EndedSession? {
        guard !row.isNull(column) else { return nil }
        return EndedSession(id: try row.identifier(column), accessExpiresAt: try row.instant(column + 1))
    }
}
