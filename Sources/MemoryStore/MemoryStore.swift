public import MVPAuth
internal import Synchronization

/// A store in memory, for tests and prototypes. What it holds ends with the process.
public final class MemoryStore: AuthStore {
    /// By their names.
    private let tables = Mutex<[String: MemoryTable]>([:])

    public init() {}

    public func ping() async throws(AuthError) {}

    public func close() async {}

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try run(body)
    }

    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try run(body)
    }

    private func run<Value: Sendable>(
        _ body: @Sendable (any StoreTransaction) throws -> Value
    ) throws(AuthError) -> Value {
        let result: Result<Value, AuthError> = tables.withLock { tables in
            let transaction = MemoryTransaction(taking: &tables)
            do {
                let value = try body(transaction)
                tables = transaction.commit()
                return .success(value)
            } catch {
                tables = transaction.rollBack()
                return .failure(error as? AuthError ?? AuthError(.internalError))
            }
        }
        return try result.get()
    }
}
