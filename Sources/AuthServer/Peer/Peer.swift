package import AuthAPI

/// Who is at the other end, as the kernel said once at accept. The pid is for the log only: it can be reused.
package struct Peer: Sendable, Equatable {
    package let uid: UInt32
    package let gid: UInt32
    package let pid: Int32

    package init(uid: UInt32, gid: UInt32, pid: Int32) {
        self.uid = uid
        self.gid = gid
        self.pid = pid
    }

    /// What the kernel says for a user of a namespace that is not mapped here: nobody in particular.
    package static let overflowID: UInt32 = 65534
}

/// The rights of a connection: fixed at accept, and only ever given up.
package struct Grant: Sendable, Equatable {
    package let app: String
    package private(set) var roles: Set<Role>

    package init(app: String, roles: Set<Role>) {
        self.app = app
        self.roles = roles
    }

    package func allows(_ role: Role) -> Bool {
        role == .any || roles.contains(role)
    }

    /// Keeps at most these roles, for the life of the connection.
    package mutating func keep(only kept: [Role]) {
        roles.formIntersection(kept)
    }
}
