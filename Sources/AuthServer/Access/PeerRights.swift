package import AuthAPI

/// The rights of a connection: fixed at accept, and only ever given up.
package struct PeerRights: Sendable {
    package let app: App
    package private(set) var roles: PeerRoles

    package init(app: App, roles: PeerRoles) {
        self.app = app
        self.roles = roles
    }

    package func allows(_ role: PeerRole) -> Bool { roles.contains(PeerRoles(role)) }

    /// Keeps at most these roles, for the life of the connection.
    package mutating func keep(only kept: [PeerRole]) { roles.formIntersection(PeerRoles(kept)) }
}

/// Roles as bits: compared on the way of every call.
package struct PeerRoles: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `any` is no role: every set contains it.
    package init(_ role: PeerRole) {
        self =
            switch role {
            case .client: .client
            case .trusted: .trusted
            case .hooks: .hooks
            case .admin: .admin
            case .any: []
            }
    }

    package init(_ roles: some Sequence<PeerRole>) { self = roles.reduce(into: []) { $0.formUnion(PeerRoles($1)) } }

    package static let client = PeerRoles(rawValue: 1)
    package static let trusted = PeerRoles(rawValue: 2)
    package static let hooks = PeerRoles(rawValue: 4)
    package static let admin = PeerRoles(rawValue: 8)
    package static let all: PeerRoles = [.client, .trusted, .hooks, .admin]

    /// The names, in the order of the documents.
    package var names: [PeerRole] { PeerRole.allCases.filter { $0 != .any && contains(PeerRoles($0)) } }
}
