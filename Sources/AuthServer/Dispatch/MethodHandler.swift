internal import AuthAPI
internal import JSONRPC
internal import MVPAuth
internal import StrictJSON

/// What is known of the answer to a call.
enum Answer<Reply: Sendable>: Sendable {
    /// It is in memory: said at once, on the connection's event loop.
    case known(Reply)
    /// The store has to be asked, or a password hashed: a task of its own does that.
    case ask(@Sendable () async throws(AuthError) -> Reply)
}

/// A method that this server serves. A method of the catalogue without a handler does not compile.
protocol MethodHandler: RPCMethod {
    func answer(to call: Call) throws(AuthError) -> Answer<Reply>

    /// Where the user is, as the caller says.
    var source: String? { get }

    /// Reads the params; positional ones by the names in their order.
    static func read(_ params: JSONValue?, _ names: [String]) throws(AuthError) -> Self

    /// Writes the reply as JSON.
    static func write(_ reply: Reply, to json: inout JSONWriter) throws
}

extension MethodHandler {
    var source: String? { nil }

    static func read(_ params: JSONValue?, _ names: [String]) throws(AuthError) -> Self {
        try decode(params, names)
    }

    static func write(_ reply: Reply, to json: inout JSONWriter) throws {
        try JSONEncoding.encode(reply, into: &json)
    }

    fileprivate static func decode(_ params: JSONValue?, _ names: [String]) throws(AuthError) -> Self {
        do throws(JSONMismatches) {
            return try JSONDecoding.decode(Self.self, from: params ?? .emptyObject, positions: names)
        } catch {
            throw AuthError(.invalidParams, fields: error.all)
        }
    }
}

extension MethodHandler where Reply: JSONWritable {
    static func write(_ reply: Reply, to json: inout JSONWriter) { reply.write(to: &json) }
}

/// A method whose usual params are one access token: read without the machinery of Codable, which judges all others.
protocol TokenMethod: MethodHandler {
    static func bearing(_ accessToken: Secret) -> Self
}

extension TokenMethod {
    static func read(_ params: JSONValue?, _ names: [String]) throws(AuthError) -> Self {
        if let params, params.kind == .object, params.count == 1, params.defect == nil,
            let token = params["access_token"]?.string
        {
            return bearing(Secret(token))
        }
        return try decode(params, names)
    }
}
