internal import AuthAPI
internal import MVPAuth

/// Which app a peer is and which roles it holds: by the socket that it came through, by its uid, or by its groups.
package struct AccessPolicy: Sendable {
    /// What opening a socket says about a peer.
    package enum Listener: Sendable, Equatable {
        /// `mvp-auth.sock`: whoever may open it is a client.
        case applications
        /// `admin.sock`: whoever may open it operates the server.
        case operators
        /// A socket of one app: whoever may open it is that app.
        case app(String)
    }

    /// An app that the configuration names, and by what it is known.
    package struct Entry: Sendable {
        package let app: App
        package let uids: Set<UInt32>
        package let gids: Set<UInt32>
        package let roles: PeerRoles

        package init(_ app: App, uids: Set<UInt32> = [], gids: Set<UInt32> = [], roles: PeerRoles = .client) {
            self.app = app
            self.uids = uids
            self.gids = gids
            self.roles = roles
        }
    }

    private let daemon: UInt32
    /// The apps that the configuration names.
    let entries: [Entry]
    private static let local = App(.local)

    /// - Parameters:
    ///   - daemon: the daemon's own uid; it and root hold every role.
    ///   - entries: a peer is the first that knows its uid, else the first that knows one of its groups.
    package init(daemon: UInt32, entries: [Entry] = []) {
        self.daemon = daemon
        self.entries = entries
    }

    /// Nil refuses the connection: the kernel could not say who it is.
    package func rights(of peer: Peer, through listener: Listener) -> PeerRights? {
        guard peer.uid != Peer.overflowID else { return nil }
        let entry = entry(for: peer, through: listener)
        let isLocal = peer.uid == 0 || peer.uid == daemon
        var roles = isLocal ? .all : entry?.roles ?? .client
        if listener == .operators { roles.insert(.admin) }
        if let entry { return PeerRights(app: entry.app, roles: roles) }
        if case .app(let name) = listener { return PeerRights(app: App(Caller(app: name)), roles: roles) }
        return PeerRights(app: isLocal ? Self.local : App(Caller(unregistered: "uid-\(peer.uid)")), roles: roles)
    }

    /// A socket of an app's own decides alone. On the others root and the daemon are nobody's app unless their uid is
    /// named: they are in every group.
    private func entry(for peer: Peer, through listener: Listener) -> Entry? {
        if case .app(let name) = listener {
            return entries.first { $0.app.name.utf8.elementsEqual(name.utf8) }
        }
        if let entry = entries.first(where: { $0.uids.contains(peer.uid) }) { return entry }
        guard peer.uid != 0, peer.uid != daemon else { return nil }
        return entries.first { $0.gids.contains { peer.isMember(of: $0) } }
    }
}
