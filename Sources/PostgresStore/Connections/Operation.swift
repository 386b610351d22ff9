internal import MVPAuth

/// An operation that waits for its turn on a queue.
protocol PendingOperation: AnyObject, Sendable {
    var calls: [BoundStatement] { get }
    var order: LockOrder { get }
    /// Nanoseconds of the monotonic clock.
    var deadline: UInt64 { get }
    /// Tells the caller what the committed calls returned.
    func answer(_ rows: [Rows])
    func fail(_ error: AuthError)
}

final class Operation<Value: Sendable>: PendingOperation {
    let calls: [BoundStatement]
    let order: LockOrder
    let deadline: UInt64
    private let read: @Sendable ([Rows]) throws -> Value
    private let continuation: CheckedContinuation<Result<Value, AuthError>, Never>

    init(
        _ calls: [BoundStatement], order: LockOrder, deadline: UInt64,
        read: @escaping @Sendable ([Rows]) throws -> Value,
        continuation: CheckedContinuation<Result<Value, AuthError>, Never>
    ) {
        self.calls = calls
        self.order = order
        self.deadline = deadline
        self.read = read
        self.continuation = continuation
    }

    func answer(_ rows: [Rows]) {
        do {
            continuation.resume(returning: .success(try read(rows)))
        } catch let refusal as AuthError {
            continuation.resume(returning: .failure(refusal))
        } catch {
            continuation.resume(returning: .failure(AuthError(.storageUnavailable, executed: true)))
        }
    }

    func fail(_ error: AuthError) {
        continuation.resume(returning: .failure(error))
    }
}
