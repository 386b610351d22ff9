internal import MVPAuth

/// One connection and the operations that wait for it, served by one task at a time: on the event loop of whoever comes
/// first, or on a thread of its own, on which connections are opened too.
///
/// Writes that wait go out as one group, sorted by the rows they lock: one pipeline, one commit. When one of them fails
/// the group is undone and each runs alone, so neighbours are unaffected. Reads go out as groups of their own.
final class PipelineQueue: @unchecked Sendable {
    // SAFETY: `slot` is used by whoever drains the queue, and that is one at a time.

    enum Kind: String { case reads = "read", writes = "write" }

    private let kind: Kind
    private let database: Database
    private let waiting: BatchQueue<any PendingOperation>
    private let thread: BlockingExecutor
    private var slot: ConnectionSlot

    init(_ kind: Kind, _ database: Database, sizes: Histogram? = nil) {
        waiting = BatchQueue(sizes: sizes)
        self.kind = kind
        self.database = database
        thread = BlockingExecutor("mvp-auth.postgres.\(kind.rawValue)")
        slot = ConnectionSlot(database, for: kind.rawValue)
    }

    /// Runs an operation. Once it waits it is not cancelled: what its caller does changes nothing.
    func run<Value: Sendable>(
        _ calls: [BoundStatement], order: LockOrder, read: @escaping @Sendable ([Rows]) throws -> Value
    ) async throws(AuthError) -> Value {
        let deadline = SystemTime().uptime() + database.options.nanoseconds
        let result: Result<Value, AuthError> = await withCheckedContinuation { continuation in
            let operation = Operation(calls, order: order, deadline: deadline, read: read, continuation: continuation)
            switch waiting.append(operation) {
            case .begin: begin()
            case .queued: break
            case .refused(let error): operation.fail(error)
            }
        }
        return try result.get()
    }

    /// Finishes what was accepted and lets the connection go.
    func close() async {
        await waiting.close()
        slot.drop()
    }

    private func begin() {
        let waiter = TaskWaiter.current
        Task(executorPreference: waiter ?? thread) { await self.drain(by: waiter) }
    }

    private func drain(by waiter: (any DescriptorWaiter)?) async {
        while let batch = waiting.next() { await serve(batch, by: waiter) }
    }

    private func serve(_ batch: [any PendingOperation], by waiter: (any DescriptorWaiter)?) async {
        let now = SystemTime().uptime()
        var members = batch.filter { $0.deadline > now }
        if members.count < batch.count {
            for late in batch where late.deadline <= now { late.fail(AuthError(.storageUnavailable)) }
        }
        let isBatch = kind == .writes && members.count > 1
        if isBatch { members.sort { $0.order < $1.order } }
        if isBatch, await commit(members, by: waiter) { return }
        await each(members, by: waiter)
    }

    /// One commit for all. False when it was undone and the members have to run again.
    private func commit(_ members: [any PendingOperation], by waiter: (any DescriptorWaiter)?) async -> Bool {
        let exchange: Connection.Exchange
        switch await send([members.flatMap(\.calls)], of: members, by: waiter) {
        case .unsent(let error):
            for member in members { member.fail(error) }
            return true
        case .answered(let answered): exchange = answered
        }
        switch exchange.outcomes.first {
        case .success(let rows):
            var next = 0
            for member in members {
                member.answer(Array(rows[next..<next + member.calls.count]))
                next += member.calls.count
            }
            return true
        case nil where exchange.unknown > 0:
            for member in members { member.fail(AuthError(.storageUnavailable, executed: true)) }
            return true
        case .failure, nil:
            return false
        }
    }

    private static let attempts = 3

    /// A commit for each. What collides with another transaction runs again, and so does what the server had not begun
    /// when it closed the connection over another member.
    private func each(_ members: [any PendingOperation], by waiter: (any DescriptorWaiter)?) async {
        var members = members
        var attempt = 1
        while !members.isEmpty {
            let exchange: Connection.Exchange
            switch await send(members.map(\.calls), of: members, by: waiter) {
            case .unsent(let error):
                for member in members { member.fail(error) }
                return
            case .answered(let answered): exchange = answered
            }
            var again: [any PendingOperation] = []
            for (member, outcome) in zip(members, exchange.outcomes) {
                switch outcome {
                case .success(let rows): member.answer(rows)
                case .failure(let error) where error.isCollision && attempt < Self.attempts: again.append(member)
                case .failure(let error):
                    database.report("the database refused an operation: \(error)")
                    if error.wantsAnotherConnection { slot.drop() }
                    member.fail(AuthError(.storageUnavailable))
                }
            }
            let rest = members.dropFirst(exchange.outcomes.count)
            for member in rest.prefix(exchange.unknown) {
                member.fail(AuthError(.storageUnavailable, executed: kind == .writes))
            }
            let untouched = rest.dropFirst(exchange.unknown)
            // Whoever waits after a member that was answered has lost nothing by it.
            if !again.isEmpty || rest.count == members.count { attempt += 1 }
            if attempt > Self.attempts {
                for member in untouched { member.fail(AuthError(.storageUnavailable)) }
                members = again
            } else {
                members = again + untouched
            }
        }
    }

    private enum Sent {
        case answered(Connection.Exchange)
        /// There was no connection.
        case unsent(AuthError)
    }

    /// Sends the groups, connecting first where that is needed. What had been sent when the connection broke may have
    /// been done: a write's fate is then unknown, while a read goes to another connection.
    private func send(
        _ groups: [[BoundStatement]], of members: [any PendingOperation], by waiter: (any DescriptorWaiter)?
    ) async -> Sent {
        let deadline = members.lazy.map(\.deadline).min() ?? 0
        var attempt = 1
        while true {
            let connection: Connection
            switch await openConnection(until: deadline) {
            case .success(let open): connection = open
            case .failure(let error): return .unsent(error)
            }
            let exchange = await connection.run(groups, database.options, deadline: deadline, by: waiter)
            guard let failure = exchange.failure else { return .answered(exchange) }
            database.report("the connection to the database broke: \(failure.description)")
            slot.drop()
            if kind == .writes || attempt == 2 { return .answered(exchange) }
            attempt += 1
        }
    }

    /// To open one takes long, and is not for an event loop.
    private func openConnection(until deadline: UInt64) async -> Result<Connection, AuthError> {
        if let open = slot.open { return .success(open) }
        return await withTaskExecutorPreference(thread) { self.slot.connection(until: deadline) }
    }
}

extension Connection {
    static let limit = Statement("limit", "SELECT set_config('statement_timeout', :limit, true)")

    /// Exchanges the groups. Where nothing may be kept in the server's session, each brings its time limit along.
    fileprivate func run(
        _ groups: [[BoundStatement]], _ options: PostgresOptions, deadline: UInt64, by waiter: (any DescriptorWaiter)?
    ) async -> Exchange {
        guard !options.preparesStatements else { return await attempt(groups, deadline: deadline, by: waiter) }
        let limit = Self.limit.with(["limit": String(options.statementMilliseconds)])
        var exchange = await attempt(groups.map { [limit] + $0 }, deadline: deadline, by: waiter)
        exchange.outcomes = exchange.outcomes.map { $0.map { Array($0.dropFirst()) } }
        return exchange
    }
}
