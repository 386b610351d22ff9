internal import AuthAPI
internal import JSONRPC
internal import MVPAuth
internal import StrictJSON

/// How one method is served: from its params as JSON to its reply as JSON.
struct Route: Sendable {
    /// Writes the reply as JSON.
    typealias Answer = @Sendable (inout JSONWriter) throws(AuthError) -> Void
    /// What remains to be done away from the event loop.
    typealias Work = @Sendable () async throws(AuthError) -> Answer

    enum Progress {
        /// The reply, if one is wanted, has been written.
        case done
        case pending(Work)
    }

    /// Decodes the params and begins. Params are refused before any side effect.
    let begin: @Sendable (Request, Call, inout ResponseWriter) throws(AuthError) -> Progress
}

extension RPCMethod {
    /// The names of the params in order, found once: positional params are read by it.
    static func decode(_ params: JSONValue?, _ names: [String]) throws(AuthError) -> Self {
        do throws(JSONMismatches) {
            return try JSONDecoding.decode(Self.self, from: params ?? .emptyObject, positions: names)
        } catch {
            throw AuthError(.invalidParams, fields: error.all)
        }
    }

    static var parameterNames: [String] { Shape.of(Self.self).fields.map(\.name) }
}

extension ImmediateMethod {
    static var route: Route {
        let names = parameterNames
        return Route { request, call, writer throws(AuthError) in
            let reply = try read(request.params, names).reply(to: call)
            if let id = request.id { try answer(reply, id, &writer) }
            return .done
        }
    }
}

extension SuspendingMethod {
    static var route: Route {
        let names = parameterNames
        return Route { request, call, writer throws(AuthError) in
            let method = try read(request.params, names)
            return .pending { () async throws(AuthError) in answer(try await method.reply(to: call)) }
        }
    }

    fileprivate static func answer(_ reply: Reply) -> Route.Answer {
        { json throws(AuthError) in try encode(reply, to: &json) }
    }
}

extension CachedMethod {
    static var route: Route {
        let names = parameterNames
        return Route { request, call, writer throws(AuthError) in
            let method = try read(request.params, names)
            if let reply = try method.cachedReply(to: call) {
                if let id = request.id { try answer(reply, id, &writer) }
                return .done
            }
            return .pending { () async throws(AuthError) in answer(try await method.reply(to: call)) }
        }
    }
}

extension Handled {
    /// Writes the reply at once.
    fileprivate static func answer(
        _ reply: Reply, _ id: RequestID, _ writer: inout ResponseWriter
    ) throws(AuthError) {
        try writer.success(id: id) { json throws(AuthError) in try encode(reply, to: &json) }
    }

    /// A reply that cannot be encoded is -32603.
    fileprivate static func encode(_ reply: Reply, to json: inout JSONWriter) throws(AuthError) {
        do {
            try write(reply, to: &json)
        } catch {
            throw AuthError(.internalError, executed: true)
        }
    }
}
