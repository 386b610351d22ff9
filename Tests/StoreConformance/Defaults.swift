public import MVPAuth

/// A store of which nothing is used but the door: what it answers in statements of its own, the defaults answer.
public struct Defaults: AuthStore {
    private let base: any AuthStore

    public init(_ base: any AuthStore) {
        self.base = base
    }

    public func ping() async throws(AuthError) { try await base.ping() }

    public func close() async { await base.close() }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try await base.read(body)
    }

    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try await base.write(body)
    }
}
