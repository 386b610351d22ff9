internal import MVPAuth

/// The one writer. Everything that waits goes into one transaction with a savepoint for each operation; one commit, and
/// only then is anybody answered. A lone operation goes at once: load makes batches, batches carry the load.
///
/// An operation that fails is undone to its savepoint and fails alone. When the medium fails, nobody of the batch is
/// answered: its members run again, each in a transaction of its own.
final class WriteQueue: Sendable {
    private let thread: ConnectionThread
    private let onFailure: @Sendable (String) -> Void
    let batches = Histogram.ofBatches()
    private let waiting: BatchQueue<any PendingWrite>

    private let guardian: FileGuard

    init(_ thread: ConnectionThread, guardian: FileGuard, onFailure: @escaping @Sendable (String) -> Void) {
        self.thread = thread
        self.guardian = guardian
        self.onFailure = onFailure
        waiting = BatchQueue(sizes: batches)
    }

    /// Runs an operation durably. Once it waits it is not cancelled: what its caller does changes nothing.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws(AuthError) -> Value {
        let result: Result<Value, AuthError> = await withCheckedContinuation { continuation in
            enqueue(Write(body: body, continuation: continuation))
        }
        return try result.get()
    }

    /// Refuses what comes later and waits for what came before.
    func close() async {
        await waiting.close()
    }

    private func enqueue(_ write: any PendingWrite) {
        switch waiting.append(write) {
        case .begin: thread.perform { self.drain($0) }
        case .queued: break
        case .refused(let error): write.fail(error)
        }
    }

    private func drain(_ connection: Result<Connection, any Error>) {
        while let batch = waiting.next() {
            guard case .success(let database) = connection, guardian.isInPlace() else {
                for write in batch { write.fail(AuthError(.storageUnavailable)) }
                continue
            }
            if batch.count == 1 || !commit(batch, to: database) {
                for write in batch { commitAlone(write, to: database) }
            }
            for write in batch { write.answer() }
        }
    }

    /// One transaction for all. False when it was undone and the members have to run again.
    private func commit(_ batch: [any PendingWrite], to database: Connection) -> Bool {
        do {
            try database.run("BEGIN IMMEDIATE")
            for write in batch {
                try database.run("SAVEPOINT member")
                do {
                    try write.execute(in: database)
                } catch let refusal as AuthError {
                    write.refuse(refusal)
                    try database.run("ROLLBACK TO member")
                }
                try database.run("RELEASE member")
            }
            try database.run("COMMIT")
            return true
        } catch {
            undo(database)
            return false
        }
    }

    private func commitAlone(_ write: any PendingWrite, to database: Connection) {
        var isCommitting = false
        do {
            try database.run("BEGIN IMMEDIATE")
            try write.execute(in: database)
            isCommitting = true
            try database.run("COMMIT")
        } catch let refusal as AuthError {
            undo(database)
            write.refuse(refusal)
        } catch {
            onFailure("a write failed: \(error)")
            let isUndone = undo(database) && !(isCommitting && (error as? SQLiteError)?.isInputOutputFailure == true)
            write.refuse(AuthError(.storageUnavailable, executed: !isUndone))
        }
    }

    /// Whether it is certain that nothing of the transaction remains. Some errors have ended it already.
    @discardableResult
    private func undo(_ database: Connection) -> Bool {
        guard database.isInsideTransaction else { return true }
        return (try? database.run("ROLLBACK")) != nil
    }
}

/// An operation that waits for its commit.
private protocol PendingWrite: AnyObject, Sendable {
    func execute(in database: Connection) throws
    /// Remembers that the operation was refused.
    func refuse(_ error: AuthError)
    /// Tells the caller what came of it.
    func answer()
    func fail(_ error: AuthError)
}

/// SAFETY: `result` is written and read by the queue's one writer, before and after the commit.
private final class Write<Value: Sendable>: PendingWrite, @unchecked Sendable {
    private let body: @Sendable (Connection) throws -> Value
    private let continuation: CheckedContinuation<Result<Value, AuthError>, Never>
    private var result: Result<Value, AuthError> = .failure(AuthError(.storageUnavailable))

    init(
        body: @escaping @Sendable (Connection) throws -> Value,
        continuation: CheckedContinuation<Result<Value, AuthError>, Never>
    ) {
        self.body = body
        self.continuation = continuation
    }

    func execute(in database: Connection) throws {
        result = .success(try body(database))
    }

    func refuse(_ error: AuthError) {
        result = .failure(error)
    }

    func answer() {
        continuation.resume(returning: result)
    }

    func fail(_ error: AuthError) {
        continuation.resume(returning: .failure(error))
    }
}
