internal import MVPAuth

/// The verbs, on a connection whose transaction begins with the first of them.
final class PostgresTransaction: StoreTransaction {
    enum Kind { case reading, writing }

    private let connection: Connection
    private let kind: Kind
    private let options: PostgresOptions
    private let deadline: UInt64
    private var phase = Phase.new

    private enum Phase {
        case new
        case open
        /// The server undoes everything: a statement has failed.
        case failed
    }

    init(_ kind: Kind, on connection: Connection, _ options: PostgresOptions, deadline: UInt64) {
        self.kind = kind
        self.connection = connection
        self.options = options
        self.deadline = deadline
    }

    func now(_ own: Timestamp) throws -> Timestamp {
        try run(Self.clock).first { row throws(MalformedRow) in try row.instant(0) } ?? own
    }

    private static let clock = BoundStatement("SELECT clock_timestamp()")

    func find<R: Record>(_ type: R.Type, _ key: R.Key) throws -> R? {
        try run(connection.statements(for: type).find(key.stored, locking: kind == .writing)).record()
    }

    func all<R: Record>(_ query: Query<R>) throws -> [R] {
        try run(connection.statements(for: R.self).all(query, locking: kind == .writing)).records()
    }

    func count<R: Record>(_ query: Query<R>) throws -> Int {
        let counted = try run(connection.statements(for: R.self).count(query)).first { row throws(MalformedRow) in
            try row.number(0)
        }
        return Int(counted ?? 0)
    }

    func insert<R: Record>(_ record: R) throws -> Bool {
        try run(connection.statements(for: R.self).insert(record)).count == 1
    }

    func update<R: Record>(_ records: [R]) throws {
        let statements = connection.statements(for: R.self)
        // In one order, so that two that write the same rows do not wait for each other in a circle.
        let sorted = records.sorted { $0.row[0].precedes($1.row[0]) }
        _ = try run(sorted.map { statements.update($0) })
    }

    @discardableResult
    func delete<R: Record>(_ query: Query<R>) throws -> Int {
        try run(connection.statements(for: R.self).delete(query)).changes
    }

    /// Throws a `ServerError` when everything was undone, and a `ConnectionFailure` when it is not known.
    func commit() throws {
        switch phase {
        case .new: return
        case .open: _ = try exchange([Self.commitment])
        case .failed: throw ServerError(state: "25P02", message: "a statement of the transaction has failed")
        }
    }

    /// False when the connection cannot be used any more.
    func rollBack() -> Bool {
        guard phase != .new else { return true }
        return (try? exchange([Self.undoing])) != nil
    }

    private static let commitment = BoundStatement("COMMIT")
    private static let undoing = BoundStatement("ROLLBACK")
    private static let beginnings: [Kind: BoundStatement] = [
        .reading: BoundStatement("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"),
        .writing: BoundStatement("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE"),
    ]

    private func run(_ call: BoundStatement) throws -> Rows { try run([call])[0] }

    private func run(_ calls: [BoundStatement]) throws -> [Rows] {
        guard phase == .new, let beginning = Self.beginnings[kind] else { return try exchange(calls) }
        phase = .open
        // Where nothing may be kept in the server's session, each transaction brings its time limit along.
        let limit =
            options.preparesStatements
            ? [] : [Connection.limit.with(["limit": "\(options.statementMilliseconds)"])]
        return Array(try exchange([beginning] + limit + calls).dropFirst(1 + limit.count))
    }

    private func exchange(_ calls: [BoundStatement]) throws -> [Rows] {
        do {
            guard let outcome = try connection.exchange([calls], deadline: deadline).first else { return [] }
            return try outcome.get()
        } catch {
            phase = .failed
            throw error
        }
    }
}
