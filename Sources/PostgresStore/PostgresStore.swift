public import MVPAuth

/// The store that many daemons share: PostgreSQL through libpq in pipeline mode.
///
/// A few connections, each with its own queue: what waits goes out as one pipeline and one commit. What was told to a
/// caller has been committed; how durable a commit is, is the server's `synchronous_commit`.
public final class PostgresStore: SharedAuthStore {
    let database: Database
    private let writers: [PipelineQueue]
    /// How many operations went out together.
    package let batches: Histogram
    private let reader: PipelineQueue
    private let transactions: TransactionPool
    private let snapshots: TransactionPool

    /// Connects when it is first used, and again whenever that is needed. The first connection brings the schema up to
    /// date; until then operations throw `NOT_READY`.
    ///
    /// - Parameters:
    ///   - domains: what `AuthSystem` is given: adopted addresses are made canonical by it.
    ///   - onFailure: told what the server said, for the log. Callers see `STORAGE_UNAVAILABLE` only.
    public init(
        _ options: PostgresOptions, domains: any DomainEncoder,
        onFailure: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        let database = Database(options, emails: EmailPolicy(domains: domains), onFailure: onFailure)
        let batches = Histogram.ofBatches()
        self.database = database
        self.batches = batches
        writers = (0..<options.writers).map { _ in PipelineQueue(.writes, database, sizes: batches) }
        reader = PipelineQueue(.reads, database)
        transactions = TransactionPool(.writing, count: options.writers, database)
        snapshots = TransactionPool(.reading, count: 1, database)
    }

    public func ping() async throws(AuthError) {
        let misplaced = try await read(SchemaPlace.question.with()) { rows in try rows.first(SchemaPlace.init) }
        if let misplaced {
            database.report(misplaced.sentence)
            throw AuthError(.storageUnavailable)
        }
    }

    /// Finishes what was accepted and closes the connections. Later calls fail.
    public func close() async {
        for queue in writers + [reader] { await queue.close() }
        for pools in [transactions, snapshots] { await pools.close() }
    }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try await snapshots.run(body)
    }

    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try await transactions.run(body)
    }

    /// Runs the calls in one transaction and gives what `body` makes of their rows, once they are committed.
    func write<Value: Sendable>(
        _ order: LockOrder, _ calls: BoundStatement..., body: @escaping @Sendable ([Rows]) throws -> Value
    ) async throws(AuthError) -> Value {
        try await writers[order.queue(of: writers.count)].run(calls, order: order, read: body)
    }

    /// Reads the last commit.
    func read<Value: Sendable>(
        _ call: BoundStatement, body: @escaping @Sendable (Rows) throws -> Value
    ) async throws(AuthError) -> Value {
        try await read([call]) { try body($0[0]) }
    }

    func read<Value: Sendable>(
        _ calls: [BoundStatement], body: @escaping @Sendable ([Rows]) throws -> Value
    ) async throws(AuthError) -> Value {
        do {
            return try await reader.run(calls, order: .none, read: body)
        } catch {
            // Reading does nothing, whatever became of it.
            throw AuthError(error.code, retryAfterMilliseconds: error.retryAfterMilliseconds)
        }
    }
}

extension PostgresStore: BatchingAuthStore {}
