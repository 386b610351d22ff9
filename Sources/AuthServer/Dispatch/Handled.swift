internal import AuthAPI
internal import MVPAuth

/// A method that this server serves. A method of the catalogue without a handler does not compile.
protocol Handled: RPCMethod {
    static var route: Route { get }
}

/// Served from memory, at once, on the connection's event loop.
protocol ImmediateMethod: Handled {
    func reply(to call: borrowing Call) throws(AuthError) -> Reply
}

/// Served by a task of its own: it hashes, or asks the store.
protocol SuspendingMethod: Handled {
    func reply(to call: Call) async throws(AuthError) -> Reply
}

/// Served from memory when the answer is there, else by a task.
protocol CachedMethod: SuspendingMethod {
    /// Nil: the answer is not in memory.
    func cachedReply(to call: borrowing Call) throws(AuthError) -> Reply?
}
