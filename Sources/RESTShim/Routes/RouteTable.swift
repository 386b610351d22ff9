internal import AuthAPI
internal import HTTPTypes
internal import HummingbirdCore

/// Finds the endpoint of a request by the bytes of its path. The only other spelling of a path is the one with a slash
/// after it.
struct RouteTable: Sendable {
    /// Answers a request; the path parameter is the segment that `{id}` stood for.
    typealias Endpoint = @Sendable (HTTPCall, _ pathParameter: Substring?) async throws(Failure) -> Response

    /// An endpoint with what it needs of the request.
    struct Match: Sendable {
        let endpoint: Endpoint
        let parameter: Substring?
        let name: RouteName
    }

    private var fixed: [String: [String: Endpoint]] = [:]
    /// By what precedes the last segment.
    private var parameterized: [String: [String: Endpoint]] = [:]
    private var anyVerb: [String: Endpoint] = [:]

    /// Of no row.
    init() {}

    /// The REST rows that are served.
    init(prefix: String, routes: RouteSelection) {
        for method in authAPI.methods {
            guard let endpoint = MethodEndpoint(method), routes.contains(endpoint.route) else { continue }
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

    /// A page's form, beside what the path takes otherwise.
    mutating func form(_ path: String, _ endpoint: @escaping Endpoint) {
        var answer = endpoint
        if let other = fixed[path]?["POST"] {
            answer = { call, parameter throws(Failure) in
                let isForm = call.request.isOf(FormBody.mediaType)
                return try await isForm ? endpoint(call, parameter) : other(call, parameter)
            }
        }
        fixed[path, default: [:]]["POST"] = answer
    }

    /// With one more segment behind a path, which ends in a slash.
    mutating func get(below path: String, _ endpoint: @escaping Endpoint) {
        parameterized[path, default: [:]]["GET"] = endpoint
    }

    /// For sub-requests, whose verb is that of somebody else's request.
    mutating func any(_ path: String, _ endpoint: @escaping Endpoint) {
        anyVerb[path] = endpoint
    }

    /// Throws 404 for an unknown path, 405 for a verb that the path does not have.
    func find(_ verb: String, _ path: String) throws(Failure) -> Match {
        if let (endpoint, path) = endpointOfAnyVerb(path) {
            return Match(endpoint: endpoint, parameter: nil, name: RouteName(path: path, verb: "any"))
        }
        // What the server as a whole allows.
        if path == "*" {
            return Match(
                endpoint: { _, _ in Self.options(Failure.serverMethods) }, parameter: nil,
                name: RouteName(path: path, verb: "OPTIONS"))
        }
        guard let (verbs, parameter, pattern) = verbs(at: path) else {
            guard RegisteredVerbs.contains(verb) else { throw .unknownMethod }
            throw Failure(.notFound)
        }
        let (endpoint, name) = try pick(verb, verbs)
        return Match(endpoint: endpoint, parameter: parameter, name: RouteName(path: pattern, verb: name))
    }

    /// Whether a path answers sub-requests of proxies.
    func takesAnyVerb(_ path: String) -> Bool { endpointOfAnyVerb(path) != nil }

    private func endpointOfAnyVerb(_ path: String) -> (Endpoint, path: String)? {
        for path in [path, Self.withoutSlash(path)] {
            if let endpoint = anyVerb[path] { return (endpoint, path) }
        }
        return nil
    }

    /// The verbs of a path, in their order; none for an unknown path, and for one that takes any.
    func verbs(of path: String) -> [String] { verbs(at: path).map { $0.0.keys.sorted() } ?? [] }

    private func verbs(at path: String) -> ([String: Endpoint], Substring?, pattern: String)? {
        // As it is written first: a path of its own may end in a slash.
        if let verbs = fixed[path] { return (verbs, nil, path) }
        let path = Self.withoutSlash(path)
        if let verbs = fixed[path] { return (verbs, nil, path) }
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let start = path.utf8.index(after: slash)
        let head = String(path[..<start])
        guard start < path.endIndex, let verbs = parameterized[head] else { return nil }
        return (verbs, path[start...], head + "{id}")
    }

    private static func withoutSlash(_ path: String) -> String {
        path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/")
            ? String(decoding: path.utf8.dropLast(), as: UTF8.self) : path
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

    /// The endpoint, and under which verb it stands.
    private func pick(_ verb: String, _ verbs: [String: Endpoint]) throws(Failure) -> (Endpoint, verb: String) {
        if let endpoint = verbs[verb] { return (endpoint, verb) }
        if verb == "HEAD", let endpoint = verbs["GET"] { return (endpoint, "GET") }
        let allowed = Self.allowed(verbs.keys)
        if verb == "OPTIONS" { return ({ _, _ in Self.options(allowed) }, verb) }
        guard RegisteredVerbs.contains(verb) else { throw .unknownMethod }
        var failure = Failure(
            .methodNotAllowed, code: RESTFailure.methodNotAllowed.code, "This route allows \(allowed).")
        failure.headers[.allow] = allowed
        throw failure
    }
}
