internal import AuthAPI
internal import HTTPTypes
internal import HummingbirdCore

/// Finds the endpoint of a request by the exact bytes of its path: no spelling of a path but its own reaches a route.
struct RouteTable: Sendable {
    /// Answers a request; the path parameter is the segment that `{id}` stood for.
    typealias Endpoint = @Sendable (HTTPCall, _ pathParameter: Substring?) async throws(Failure) -> Response

    private var fixed: [String: [String: Endpoint]] = [:]
    /// By what precedes the last segment.
    private var parameterized: [String: [String: Endpoint]] = [:]
    private var anyVerb: [String: Endpoint] = [:]

    /// The REST rows of the groups that are served.
    init(prefix: String, groups: Set<RESTRoute.Group>) {
        for method in authAPI.methods {
            guard let endpoint = MethodEndpoint(method), groups.contains(endpoint.route.group) else { continue }
            let verb = endpoint.route.verb.rawValue
            let path = prefix + endpoint.route.path
            let answer: Endpoint = { call, parameter throws(Failure) in
                try await endpoint.respond(to: call, pathParameter: parameter)
            }
            if endpoint.route.pathParameter != nil {
                parameterized[String(path.dropLast("{id}".count)), default: [:]][verb] = answer
            } else {
                fixed[path, default: [:]][verb] = answer
            }
        }
    }

    mutating func get(_ path: String, _ endpoint: @escaping Endpoint) {
        fixed[path, default: [:]]["GET"] = endpoint
    }

    /// For sub-requests, whose verb is that of somebody else's request.
    mutating func any(_ path: String, _ endpoint: @escaping Endpoint) {
        anyVerb[path] = endpoint
    }

    /// Throws 404 for an unknown path, 405 for a verb that the path does not have.
    func find(_ verb: String, _ path: String) throws(Failure) -> (Endpoint, Substring?) {
        if let endpoint = anyVerb[path] { return (endpoint, nil) }
        // What the server as a whole allows.
        if path == "*" { return ({ _, _ in Self.options(Failure.serverMethods) }, nil) }
        if let verbs = fixed[path] { return (try pick(verb, verbs), nil) }
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
            let start = path.utf8.index(after: slash)
            if start < path.endIndex, let verbs = parameterized[String(path[..<start])] {
                return (try pick(verb, verbs), path[start...])
            }
        }
        guard Self.knownVerbs.contains(verb) else { throw .unknownMethod }
        throw Failure(.notFound, code: "NOT_FOUND", "There is no such route.")
    }

    /// HEAD goes where GET does (RFC 9110 §9.3.2), and every route says what it allows (§9.3.7).
    private static func allowed(_ verbs: some Sequence<String>) -> String {
        var all = Set(verbs).union(["OPTIONS"])
        if all.contains("GET") { all.insert("HEAD") }
        return all.sorted().joined(separator: ", ")
    }

    private static func options(_ allowed: String) -> Response {
        Response(status: .noContent, headers: [.allow: allowed])
    }

    /// Those that any server knows: others are not implemented (RFC 9110 §9.1).
    private static let knownVerbs: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH",
    ]

    private func pick(_ verb: String, _ verbs: [String: Endpoint]) throws(Failure) -> Endpoint {
        if let endpoint = verbs[verb] { return endpoint }
        if verb == "HEAD", let endpoint = verbs["GET"] { return endpoint }
        let allowed = Self.allowed(verbs.keys)
        if verb == "OPTIONS" { return { _, _ in Self.options(allowed) } }
        guard Self.knownVerbs.contains(verb) else { throw .unknownMethod }
        var failure = Failure(.methodNotAllowed, code: "METHOD_NOT_ALLOWED", "This route allows \(allowed).")
        failure.headers[.allow] = allowed
        throw failure
    }
}
