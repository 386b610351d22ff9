internal import AuthAPI
internal import JSONRPC
internal import MVPAuth
internal import StrictJSON

/// How one method is served: from its params as JSON to its reply as JSON.
struct Route: Sendable {
    /// Writes a result as JSON.
    typealias Result = @Sendable (inout JSONWriter) throws(AuthError) -> Void
    /// What remains to be done away from the event loop, for whoever asked.
    typealias Work = @Sendable (RequestOrigin) async throws(AuthError) -> Result

    /// Reads the params and answers. Params are refused before any side effect. Nil: the reply, if one is wanted, has
    /// been written.
    let answer: @Sendable (Request, Call, inout ResponseWriter) throws(AuthError) -> Work?
}

extension MethodHandler {
    static var route: Route {
        // Found once: positional params are read by it.
        let names = Shape.of(Self.self).fields.map(\.name)
        return Route { request, call, writer throws(AuthError) in
            let params = try read(request.params, names)
            switch try params.answer(to: call) {
            case .known(let reply):
                guard let id = request.id else { return nil }
                try writer.success(id: id) { json throws(AuthError) in try encode(reply, to: &json) }
                return nil
            case .ask(let work):
                let source = call.caller.assertsAddresses ? params.source : nil
                return { origin async throws(AuthError) in
                    var origin = origin
                    origin.source = source
                    let reply = try await origin.perform(work)
                    return { json throws(AuthError) in try encode(reply, to: &json) }
                }
            }
        }
    }

    /// A reply that cannot be encoded is -32603.
    private static func encode(_ reply: Reply, to json: inout JSONWriter) throws(AuthError) {
        do {
            try write(reply, to: &json)
        } catch {
            throw AuthError(.internalError, executed: true)
        }
    }
}
