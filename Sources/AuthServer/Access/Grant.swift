package import AuthAPI

/// The rights of a connection: fixed at accept, and only ever given up.
package struct Grant: Sendable {
    package let app: App
    package private(set) var roles: RoleSet

    package init(app: App, roles: RoleSet) {
        self.app = app
        self.roles = roles
    }

    package func allows(_ role: Role) -> Bool { roles.contains(RoleSet(role)) }

    /// Keeps at most these roles, for the life of the connection.
    package mutating func keep(only kept: [Role]) { roles.formIntersection(RoleSet(kept)) }
}

/// Roles as bits: compared on the way of every call.
package struct RoleSet: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `any` is no role: every set contains it.
    package init(_ role: Role) {
        self =
            switch role {
            case .client: .client
            case .trusted: .trusted
            case .hooks: .hooks
            case .admin: .admin
            case .any: []
            }
    }

    package init(_ roles: some Sequence<Role>) { self = roles.reduce(into: []) { $0.formUnion(RoleSet($1)) } }

    package static let client = RoleSet(rawValue: 1)
    package static let trusted = RoleSet(rawValue: 2)
    package static let hooks = RoleSet(rawValue: 4)
    package static let admin = RoleSet(rawValue: 8)
    package static let all: RoleSet = [.client, .trusted, .hooks, .admin]

    /// The names, in the order of the documents.
    package var names: [Role] { Role.allCases.filter { $0 != .any && contains(RoleSet($0)) } }
}
