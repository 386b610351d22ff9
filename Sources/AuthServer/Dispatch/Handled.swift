internal import AuthAPI
internal import JSONRPC
internal import MVPAuth
internal import StrictJSON

/// A method that this server serves. A method of the catalogue without a handler does not compile.
protocol Handled: RPCMethod {
    static var route: Route { get }

    /// Writes the reply under the caller's id.
    static func write(_ reply: Reply, _ id: RequestID, _ writer: inout ResponseWriter) throws
}

extension Handled {
    static func write(_ reply: Reply, _ id: RequestID, _ writer: inout ResponseWriter) throws {
        try writer.success(id: id, result: reply)
    }
}

extension Handled where Reply: JSONWritable {
    static func write(_ reply: Reply, _ id: RequestID, _ writer: inout ResponseWriter) {
        writer.success(id: id) { reply.write(to: &$0) }
    }
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
