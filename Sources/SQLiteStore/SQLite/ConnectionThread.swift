internal import Dispatch

/// A connection and the thread that uses it, for one piece of work after another. It is opened by the first.
///
/// SAFETY: `connection` and `isClosed` are touched on `queue` only, and at the end by whoever is the last to know them.
final class ConnectionThread: @unchecked Sendable {
    private let queue: DispatchQueue
    private let open: @Sendable () throws -> Connection
    private var connection: Connection?
    private var isClosed = false

    init(_ purpose: String, open: @escaping @Sendable () throws -> Connection) {
        queue = DispatchQueue(label: "mvp-auth.sqlite.\(purpose)")
        self.open = open
    }

    /// Does work on the thread, after what was asked before. Nobody is waited for.
    func perform(_ work: @escaping @Sendable (Result<Connection, any Error>) -> Void) {
        queue.async { work(self.result()) }
    }

    func run<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            perform { connection in
                continuation.resume(with: Result { try body(connection.get()) })
            }
        }
    }

    /// The same for a caller that may wait on its own thread.
    func runNow<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        try queue.sync { try body(result().get()) }
    }

    /// Closes the connection after what was asked before. What comes later fails.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.isClosed = true
                self.connection = nil
                continuation.resume()
            }
        }
    }

    /// Lets a connection go that is in an unknown state; the next piece of work opens another. To be called on the thread.
    func drop() {
        connection = nil
    }

    private func result() -> Result<Connection, any Error> {
        if let connection { return .success(connection) }
        if isClosed { return .failure(SQLiteError.closed) }
        do {
            let new = try open()
            connection = new
            return .success(new)
        } catch {
            return .failure(error)
        }
    }
}
