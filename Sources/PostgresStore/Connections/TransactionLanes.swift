internal import Dispatch
internal import MVPAuth
internal import Synchronization

/// Connections for transactions of several steps, each served by one thread at a time. They have nothing to do with the
/// lanes: what waits for a row here holds nobody up there.
final class TransactionLanes: Sendable {
    private struct State {
        /// The last to have worked is the next to work.
        var idle: [TransactionLane]
        var waiting: [any PendingTransaction] = []
        var isClosed = false
    }

    private let kind: PostgresTransaction.Kind
    private let database: Database
    private let lanes: [TransactionLane]
    private let state: Mutex<State>

    private static let capacity = 10_000

    init(_ kind: PostgresTransaction.Kind, count: Int, _ database: Database) {
        self.kind = kind
        self.database = database
        lanes = (0..<count).map { _ in TransactionLane(kind, database) }
        state = Mutex(State(idle: lanes))
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
        for lane in lanes { await lane.close() }
    }

    private func start(_ transaction: any PendingTransaction) {
        let admission: Result<TransactionLane?, AuthError> = state.withLock { state in
            if state.isClosed { return .failure(AuthError(.storageUnavailable)) }
            if let lane = state.idle.popLast() { return .success(lane) }
            guard state.waiting.count < Self.capacity else {
                return .failure(AuthError(.overloaded, retryAfterMilliseconds: 100))
            }
            state.waiting.append(transaction)
            return .success(nil)
        }
        switch admission {
        case .success(let lane?): serve(transaction, on: lane)
        case .success(nil): break
        case .failure(let error): transaction.fail(error)
        }
    }

    private func serve(_ first: any PendingTransaction, on lane: TransactionLane) {
        lane.thread.async {
            var next: (any PendingTransaction)? = first
            while let transaction = next {
                if let error = lane.run(transaction) {
                    if self.leaveToOthers(transaction, lane) { return }
                    transaction.fail(error)
                }
                next = self.next(for: lane)
            }
        }
    }

    private func next(for lane: TransactionLane) -> (any PendingTransaction)? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.idle.append(lane)
            return nil
        }
    }

    /// A lane that has no connection would be the fastest of all in taking what waits, and fail it. False when no other
    /// is at work.
    private func leaveToOthers(_ transaction: any PendingTransaction, _ lane: TransactionLane) -> Bool {
        state.withLock { state in
            guard state.idle.count < lanes.count - 1 else { return false }
            state.waiting.insert(transaction, at: 0)
            state.idle.insert(lane, at: 0)
            return true
        }
    }
}

/// One of the connections.
final class TransactionLane: Sendable {
    let thread: DispatchQueue
    private let database: Database
    private let link: Mutex<Link>

    init(_ kind: PostgresTransaction.Kind, _ database: Database) {
        let purpose = kind == .writing ? "transactions" : "snapshots"
        self.database = database
        thread = DispatchQueue(label: "mvp-auth.postgres.\(purpose)")
        link = Mutex(Link(database, for: purpose))
    }

    /// Nil when the transaction has been run, well or ill; else why there is no connection.
    func run(_ transaction: any PendingTransaction) -> AuthError? {
        link.withLock { link in
            if case .failure(let error) = link.connection(until: transaction.deadline) { return error }
            transaction.run(on: &link, database)
            return nil
        }
    }

    /// After what was begun.
    func close() async {
        await withCheckedContinuation { continuation in
            thread.async {
                self.link.withLock { $0.drop() }
                continuation.resume()
            }
        }
    }
}
