internal import AuthAPI
internal import Glibc
internal import Logging

/// Decides, once, what a new connection may do: the kernel says who the peer is.
struct Admission: Sendable {
    let listener: AccessPolicy.Listener
    let quota: ConnectionQuota
    let dispatcher: Dispatcher
    let server: ServerState
    let connections: ConnectionSet

    /// Serves a connection that has been counted and is expected, or closes it. To be called on its loop.
    func admit(_ descriptor: Int32, on resources: LoopResource) {
        guard let state = state(of: descriptor, counter: resources.counter) else {
            close(descriptor)
            quota.count(accepted: -1)
            return connections.expectNoMore()
        }
        state.usage.countConnection(1)
        server.countConnection(1)
        let handler = ConnectionHandler(
            PeerSocket(descriptor), state: state, dispatcher: dispatcher, server: server, resources: resources
        ) { [quota, server, connections] handler in
            quota.leave(state.peer.uid)
            quota.count(accepted: -1)
            server.countConnection(-1)
            state.usage.countConnection(-1)
            connections.remove(handler)
        }
        connections.insert(handler)
    }

    /// Nil, and said in the log: it may do nothing.
    private func state(of descriptor: Int32, counter: Int) -> ConnectionState? {
        guard let peer = Peer(ofConnection: descriptor) else {
            return refuse("the kernel does not say whose it is")
        }
        let configuration = server.configuration
        let whose: Logger.Metadata = ["uid": "\(peer.uid)", "pid": "\(peer.pid)"]
        guard let rights = configuration.access.rights(of: peer, through: listener) else {
            return refuse("its user is not mapped here", whose)
        }
        let most = listener == .operators ? Int.max : configuration.limits.connectionsPerUID
        guard let place = quota.enter(peer.uid, most: most) else {
            server.countLimit(.connectionsPerUID)
            return refuse("its user has too many", whose)
        }
        // An operator is not kept waiting by other connections of the same user.
        let share = listener == .operators ? UserShare(uid: peer.uid) : place.share
        return ConnectionState(
            peer: peer, rights: rights, limits: configuration.limits, share: share,
            usage: server.usage(of: rights.app.name), counter: counter, bufferBytes: place.bufferBytes)
    }

    private func refuse(_ reason: String, _ whose: Logger.Metadata = [:]) -> ConnectionState? {
        server.countRefusedConnection()
        server.logger.warning("a connection was refused: \(reason)", metadata: whose)
        return nil
    }
}
