internal import Dispatch
internal import MVPAuth
internal import Synchronization

/// Connections for transactions of several steps, each served by one thread at a time. They share nothing with
/// the queues of single operations: what waits for a row here does not hold those up.
final class TransactionPool: Sendable {
    private struct State {
        /// The last to have worked is the next to work.
        var idle: [TransactionConnection]
        var waiting: [any PendingTransaction] = []
        var isClosed = false
    }

    private let kind: PostgresTransaction.Kind
    private let database: Database
    private let connections: [TransactionConnection]
    private let state: Mutex<State>

    private static let capacity = 10_000

    init(_ kind: PostgresTransaction.Kind, count: Int, _ database: Database) {
        self.kind = kind
        self.database = database
        connections = (0..<count).map { _ in TransactionConnection(kind, database) }
        state = Mutex(State(idle: connections))
    }

    /// Runs a transaction. Once it waits it is not cancelled: what its caller does changes nothing.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        let deadline = SystemTime().uptime() + database.options.nanoseconds
        let result: Result<Value, AuthError> = await withCheckedContinuation { continuation in
            start(TransactionOperation(kind, deadline: deadline, body, continuation))
        }
        return try result.get()
    }

    /// Finishes what was accepted and lets the connections go.
    func close() async {
        state.withLock { $0.isClosed = true }
        for connection in connections { await connection.close() }
    }

    private func start(_ transaction: any PendingTransaction) {
        let admission: Result<TransactionConnection?, AuthError> = state.withLock { state in
            if state.isClosed { return .failure(AuthError(.storageUnavailable)) }
            if let connection = state.idle.popLast() { return .success(connection) }
            guard state.waiting.count < Self.capacity else {
                return .failure(AuthError(.overloaded, retryAfterMilliseconds: 100))
            }
            state.waiting.append(transaction)
            return .success(nil)
        }
        switch admission {
        case .success(let connection?): serve(transaction, on: connection)
        case .success(nil): break
        case .failure(let error): transaction.fail(error)
        }
    }

    private func serve(_ first: any PendingTransaction, on connection: TransactionConnection) {
        connection.thread.async {
            var next: (any PendingTransaction)? = first
            while let transaction = next {
                if let error = connection.run(transaction) {
                    if self.leaveToOthers(transaction, connection) { return }
                    transaction.fail(error)
                }
                next = self.next(for: connection)
            }
        }
    }

    private func next(for connection: TransactionConnection) -> (any PendingTransaction)? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.idle.append(connection)
            return nil
        }
    }

    /// A connection that has no connection would be the fastest of all in taking what waits, and fail it. False when no other
    /// is at work.
    private func leaveToOthers(_ transaction: any PendingTransaction, _ connection: TransactionConnection) -> Bool {
        state.withLock { state in
            guard state.idle.count < connections.count - 1 else { return false }
            state.waiting.insert(transaction, at: 0)
            state.idle.insert(connection, at: 0)
            return true
        }
    }
}

/// One of the connections.
final class TransactionConnection: Sendable {
    let thread: DispatchQueue
    private let database: Database
    private let slot: Mutex<ConnectionSlot>

    init(_ kind: PostgresTransaction.Kind, _ database: Database) {
        let purpose = kind == .writing ? "transactions" : "snapshots"
        self.database = database
        thread = DispatchQueue(label: "mvp-auth.postgres.\(purpose)")
        slot = Mutex(ConnectionSlot(database, for: purpose))
    }

    /// Nil when the transaction has been run, well or ill; else why there is no connection.
    func run(_ transaction: any PendingTransaction) -> AuthError? {
        slot.withLock { slot in
            if case .failure(let error) = slot.connection(until: transaction.deadline) { return error }
            transaction.run(on: &slot, database)
            return nil
        }
    }

    /// After what was begun.
    func close() async {
        await withCheckedContinuation { continuation in
            thread.async {
                self.slot.withLock { $0.drop() }
                continuation.resume()
            }
        }
    }
}
