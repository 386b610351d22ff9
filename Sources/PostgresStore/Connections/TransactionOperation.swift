internal import MVPAuth

/// A transaction that waits for a connection.
protocol PendingTransaction: AnyObject, Sendable {
    /// Nanoseconds of the monotonic clock.
    var deadline: UInt64 { get }
    /// Runs the transaction and tells the caller what came of it.
    func run(on slot: inout ConnectionSlot, _ database: Database)
    func fail(_ error: AuthError)
}

final class TransactionOperation<Value: Sendable>: PendingTransaction {
    private let kind: PostgresTransaction.Kind
    let deadline: UInt64
    private let body: @Sendable (any StoreTransaction) throws -> Value
    private let continuation: CheckedContinuation<Result<Value, AuthError>, Never>

    private static var attempts: Int { 4 }

    init(
        _ kind: PostgresTransaction.Kind, deadline: UInt64,
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value,
        _ continuation: CheckedContinuation<Result<Value, AuthError>, Never>
    ) {
        self.kind = kind
        self.deadline = deadline
        self.body = body
        self.continuation = continuation
    }

    func fail(_ error: AuthError) {
        continuation.resume(returning: .failure(error))
    }

    func run(on slot: inout ConnectionSlot, _ database: Database) {
        for attempt in 1...Self.attempts {
            let connection: Connection
            guard SystemTime().uptime() < deadline else { return fail(AuthError(.storageUnavailable)) }
            switch slot.connection(until: deadline) {
            case .success(let open): connection = open
            case .failure(let error): return fail(error)
            }
            switch perform(on: connection, database) {
            case .done(let result): return continuation.resume(returning: result)
            case .broken(let result):
                slot.drop()
                // What had not been committed is undone with its connection, and may begin again on another.
                guard result == nil, attempt < Self.attempts else {
                    return continuation.resume(returning: result ?? .failure(AuthError(.storageUnavailable)))
                }
            case .collided(let error):
                guard attempt == Self.attempts else { continue }
                database.report("the database refused an operation: \(error)")
                return fail(AuthError(.storageUnavailable))
            }
        }
    }

    private enum Ending {
        case done(Result<Value, AuthError>)
        /// Another connection is needed. Nil: nothing was done.
        case broken(Result<Value, AuthError>?)
        case collided(ServerError)
    }

    private func perform(on connection: Connection, _ database: Database) -> Ending {
        let transaction = PostgresTransaction(kind, on: connection, database.options, deadline: deadline)
        var isCommitting = false
        do {
            let value = try body(transaction)
            isCommitting = true
            try transaction.commit()
            return .done(.success(value))
        } catch let failure as ConnectionFailure {
            database.report("the connection to the database broke: \(failure.description)")
            let isUnknown = isCommitting && kind == .writing
            return .broken(isUnknown ? .failure(AuthError(.storageUnavailable, executed: true)) : nil)
        } catch {
            let isUsable = transaction.rollBack()
            if let refusal = error as? AuthError {
                return isUsable ? .done(.failure(refusal)) : .broken(.failure(refusal))
            }
            guard let error = error as? ServerError else {
                database.report("an operation failed: \(error)")
                return .done(.failure(AuthError(.storageUnavailable)))
            }
            if error.isCollision { return isUsable ? .collided(error) : .broken(nil) }
            database.report("the database refused an operation: \(error)")
            // The server's last word on a commit does not say whether it was done.
            let isUnknown = isCommitting && error.isFatal && kind == .writing
            let failure = Result<Value, AuthError>.failure(AuthError(.storageUnavailable, executed: isUnknown))
            return isUsable && !error.wantsAnotherConnection ? .done(failure) : .broken(failure)
        }
    }
}
