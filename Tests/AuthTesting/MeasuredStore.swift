internal import MemoryStore
package import MVPAuth
internal import Synchronization

/// A store in memory that counts what is asked of it.
package final class MeasuredStore: AuthStore {
    private let base = MemoryStore()
    private let counts = Mutex((reads: 0, writes: 0))

    package init() {}

    package var operations: (reads: Int, writes: Int) { counts.withLock { $0 } }

    /// Rows of failures.
    package var rows: Int {
        get async throws { try await base.read { try $0.all(Query<Throttle>()).count } }
    }

    package func ping() async throws(AuthError) {}
    package func close() async {}

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        counts.withLock { $0.reads += 1 }
        return try await base.read(body)
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        counts.withLock { $0.writes += 1 }
        return try await base.write(body)
    }
}
