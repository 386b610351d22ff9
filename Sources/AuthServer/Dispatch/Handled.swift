internal import AuthAPI
internal import JSONRPC
internal import MVPAuth
internal import StrictJSON

/// A method that this server serves. A method of the catalogue without a handler does not compile.
protocol Handled: RPCMethod {
    static var route: Route { get }

    /// Reads the params; positional ones by the names in their order.
    static func read(_ params: JSONValue?, _ names: [String]) throws(AuthError) -> Self

    /// Writes the reply as JSON.
    static func write(_ reply: Reply, to json: inout JSONWriter) throws

    /// Whether the answer to a call with an idempotency key is kept for those that repeat it.
    static var keepsReplies: Bool { get }
}

extension Handled {
    static func read(_ params: JSONValue?, _ names: [String]) throws(AuthError) -> Self {
        try decode(params, names)
    }

    static func write(_ reply: Reply, to json: inout JSONWriter) throws {
        try JSONEncoding.encode(reply, into: &json)
    }

    /// What may be done twice is done twice.
    static var keepsReplies: Bool { !spec.isIdempotent }
}

extension Handled where Self: TokenMethod {
    static func read(_ params: JSONValue?, _ names: [String]) throws(AuthError) -> Self {
        if let params, let method = quickly(params) { return method }
        return try decode(params, names)
    }
}

extension Handled where Reply: JSONWritable {
    static func write(_ reply: Reply, to json: inout JSONWriter) { reply.write(to: &json) }
}

/// A method whose usual params are one access token: read without the machinery of Codable, which judges all others.
protocol TokenMethod: Handled {
    static func bearing(_ accessToken: Secret) -> Self
}

extension TokenMethod {
    /// Nil when there is anything but one access token.
    static func quickly(_ params: JSONValue) -> Self? {
        guard params.kind == .object, params.count == 1, params.defect == nil,
            let token = params["access_token"]?.string
        else { return nil }
        return bearing(Secret(token))
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
