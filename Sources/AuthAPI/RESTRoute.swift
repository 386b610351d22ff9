/// The REST row of a method: the shim's route, derived from nothing else.
package struct RESTRoute: Sendable {
    package enum Verb: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    /// Routes are included in and excluded from a shim by group.
    package enum Group: String, Sendable, CaseIterable {
        case core, verify, password, sessions

        package var summary: String {
            switch self {
            case .core: "Accounts and tokens"
            case .verify: "Proving an address"
            case .password: "Forgotten and changed passwords"
            case .sessions: "Signed-in devices"
            }
        }
    }

    package let group: Group
    /// What operators call the route when they include or exclude it: `change_password`.
    package let name: String
    package let verb: Verb
    /// Below the prefix; `{id}` stands for a path segment.
    package let path: String
    package let status: Int
    /// The members that are read from the body; every other member is ignored.
    package let body: [String]
    /// The parameter that a path segment fills.
    package let pathParameter: String?
    /// What stands for that segment in the path: `id`.
    package var pathSegment: String? {
        guard pathParameter != nil, let start = path.utf8.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        return String(path[path.index(after: start)...].dropLast())
    }
    /// Whether the access token comes from `Authorization: Bearer` (RFC 6750 §2.1).
    package let isProtected: Bool
    /// Whether the shim adds the caller's User-Agent and address.
    package let addsDevice: Bool
    /// Whether the shim adds the caller's address alone.
    package let addsAddress: Bool
    /// Whether there may be a body instead of the bearer: a member in it is used, whatever the header says.
    package let bodyReplacesBearer: Bool

    package init(
        _ group: Group, _ verb: Verb, _ path: String, name: String? = nil, status: Int = 200, body: [String] = [],
        pathParameter: String? = nil, isProtected: Bool = false, addsDevice: Bool = false,
        addsAddress: Bool = false, bodyReplacesBearer: Bool = false
    ) {
        self.group = group
        self.name = name ?? String(path.dropFirst().map { $0 == "-" ? "_" : $0 })
        self.verb = verb
        self.path = path
        self.status = status
        self.body = body
        self.pathParameter = pathParameter
        self.isProtected = isProtected
        self.addsDevice = addsDevice
        self.addsAddress = addsAddress
        self.bodyReplacesBearer = bodyReplacesBearer
    }
}
