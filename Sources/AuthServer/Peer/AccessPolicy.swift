internal import AuthAPI

/// Which roles a peer holds, by the socket it came through and by its uid.
package struct AccessPolicy: Sendable {
    /// What opening a socket says about a peer.
    package enum Listener: Sendable, Equatable {
        /// `mvp-auth.sock`: whoever may open it is a client.
        case applications
        /// `admin.sock`: whoever may open it operates the server.
        case operators
    }

    private let daemon: UInt32
    private let trusted: [UInt32: String]

    /// - Parameters:
    ///   - daemon: the daemon's own uid; it and root hold every role.
    ///   - trusted: the apps that may name users, by uid.
    package init(daemon: UInt32, trusted: [UInt32: String]) {
        self.daemon = daemon
        self.trusted = trusted
    }

    /// Nil refuses the connection: the kernel could not say who it is.
    package func grant(for peer: Peer, through listener: Listener) -> Grant? {
        guard peer.uid != Peer.overflowID else { return nil }
        if peer.uid == 0 || peer.uid == daemon {
            return Grant(app: "local", roles: [.client, .trusted, .hooks, .admin])
        }
        var roles: Set<Role> = [.client]
        if listener == .operators { roles.insert(.admin) }
        guard let app = trusted[peer.uid] else { return Grant(app: "uid-\(peer.uid)", roles: roles) }
        return Grant(app: app, roles: roles.union([.trusted]))
    }
}
