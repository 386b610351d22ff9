internal import Synchronization

/// Connections that read, each on a thread of its own. What comes while all are at work waits for the next one.
final class Readers: Sendable {
    private struct State {
        /// The last to have worked is the next to work: its pages are in memory.
        var idle: [ConnectionThread]
        var waiting: [any PendingRead] = []
    }

    private let threads: [ConnectionThread]
    private let state: Mutex<State>

    init(_ count: Int, open: @escaping @Sendable () throws -> Connection) {
        let threads = (1...count).map { ConnectionThread("reader-\($0)", open: open) }
        self.threads = threads
        state = Mutex(State(idle: threads))
    }

    /// Reads the last commit, in one transaction. Throws `CancellationError` as soon as the task is cancelled; what has
    /// begun runs to its end all the same, which is not far.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        let read = Read(body)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if read.wait(continuation) { start(read) }
            }
        } onCancel: {
            read.cancel()
        }
    }

    /// Closes each connection after what it is reading. What waits or comes later fails.
    func close() async {
        for thread in threads { await thread.close() }
    }

    private func start(_ read: any PendingRead) {
        let thread = state.withLock { state in
            let thread = state.idle.popLast()
            if thread == nil { state.waiting.append(read) }
            return thread
        }
        if let thread { serve(read, on: thread) }
    }

    private func serve(_ first: any PendingRead, on thread: ConnectionThread) {
        thread.perform { connection in
            first.run(on: connection)
            // Left inside a transaction it would read the same commit for ever.
            if case .success(let connection) = connection, connection.isInsideTransaction { thread.drop() }
            let next = self.state.withLock { state in
                guard state.waiting.isEmpty else { return state.waiting.removeFirst() as (any PendingRead)? }
                state.idle.append(thread)
                return nil
            }
            if let next { self.serve(next, on: thread) }
        }
    }
}

/// A read that waits for a connection.
private protocol PendingRead: Sendable {
    func run(on connection: Result<Connection, any Error>)
}

/// A read and whoever waits for it, who is answered once.
private final class Read<Value: Sendable>: PendingRead {
    private enum Phase {
        case new
        case waited(CheckedContinuation<Value, any Error>)
        case answered
    }

    private let body: @Sendable (Connection) throws -> Value
    private let phase = Mutex(Phase.new)

    init(_ body: @escaping @Sendable (Connection) throws -> Value) {
        self.body = body
    }

    /// False when the task has been cancelled already, which the continuation is told.
    func wait(_ continuation: CheckedContinuation<Value, any Error>) -> Bool {
        let isCancelled = phase.withLock { phase in
            guard case .new = phase else { return true }
            phase = .waited(continuation)
            return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        return !isCancelled
    }

    func cancel() {
        answer(.failure(CancellationError()))
    }

    func run(on connection: Result<Connection, any Error>) {
        guard isWaited else { return }
        answer(Result { try readLastCommit(on: connection.get()) })
    }

    private var isWaited: Bool {
        phase.withLock { phase in
            if case .waited = phase { true } else { false }
        }
    }

    private func readLastCommit(on connection: Connection) throws -> Value {
        try connection.run("BEGIN DEFERRED")
        defer {
            if (try? connection.run("COMMIT")) == nil { _ = try? connection.run("ROLLBACK") }
        }
        return try body(connection)
    }

    private func answer(_ result: Result<Value, any Error>) {
        let waiter: CheckedContinuation<Value, any Error>? = phase.withLock { phase in
            defer { phase = .answered }
            guard case .waited(let continuation) = phase else { return nil }
            return continuation
        }
        waiter?.resume(with: result)
    }
}
