internal import AuthAPI
internal import Logging
internal import NIOCore
internal import NIOPosix

/// Accepts connections on a listening socket and asks the kernel, once, who each peer is.
final class SocketServer: Sendable {
    private let channel: any Channel
    private let connections: ConnectionSet

    /// Takes the listening descriptor over.
    static func start(
        descriptor: Int32, listener: AccessPolicy.Listener, quota: ConnectionQuota, dispatcher: Dispatcher,
        server: ServerState, group: any EventLoopGroup, loops: LoopResources
    ) async throws -> SocketServer {
        let connections = ConnectionSet()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(quota: quota, isReserved: listener == .operators, server: server))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let resources = loops[channel.eventLoop]
                    let state = try admit(
                        channel, through: listener, quota: quota, server: server, counter: resources.counter)
                    try bound(channel, state)
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(
                            state: state, dispatcher: dispatcher, server: server, resources: resources))
                    connections.insert(channel)
                }
            }
            // A look at the bound after each connection that is accepted.
            .serverChannelOption(ChannelOptions.maxMessagesPerRead, value: 1)
            .childChannelOption(ChannelOptions.maxMessagesPerRead, value: 1)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
        return SocketServer(channel: try await bootstrap.withBoundSocket(descriptor).get(), connections: connections)
    }

    private init(channel: any Channel, connections: ConnectionSet) {
        self.channel = channel
        self.connections = connections
    }

    /// Stops accepting, tells peers that said hello, lets what is in flight finish, and closes every connection.
    func drain() async {
        try? await channel.close()
        await connections.drain()
    }

    /// What is read from a connection at once, between these bounds: some tens of calls. The rest waits in the kernel.
    private static let readBytes = 8192...32_768

    /// Bounds what the connection buffers. A channel above its water mark is one whose backlog is watched.
    private static func bound(_ channel: any Channel, _ state: ConnectionState) throws {
        let mark = min(state.bufferBytes, state.limits.backlogBytes)
        try channel.syncOptions?.setOption(
            ChannelOptions.writeBufferWaterMark, value: .init(low: mark / 2, high: mark))
        try channel.syncOptions?.setOption(
            ChannelOptions.recvAllocator,
            value: AdaptiveRecvByteBufferAllocator(
                minimum: 1024, initial: 2048,
                maximum: min(max(state.bufferBytes / 2, readBytes.lowerBound), readBytes.upperBound)))
    }

    private static func admit(
        _ channel: any Channel, through listener: AccessPolicy.Listener, quota: ConnectionQuota, server: ServerState,
        counter: Int
    ) throws -> ConnectionState {
        let peer = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable {
            (socket: NIOBSDSocket.Handle) in Peer(ofConnection: socket)
        }
        guard let peer = peer ?? nil else {
            server.countRefusedConnection()
            server.logger.warning("a connection was refused: the kernel does not say whose it is")
            throw ConnectionRefused()
        }
        let configuration = server.configuration
        let whose: Logger.Metadata = ["uid": "\(peer.uid)", "pid": "\(peer.pid)"]
        guard let rights = configuration.access.rights(of: peer, through: listener) else {
            server.countRefusedConnection()
            server.logger.warning("a connection was refused: its user is not mapped here", metadata: whose)
            throw ConnectionRefused()
        }
        let most = listener == .operators ? Int.max : configuration.limits.connectionsPerUID
        guard let place = quota.enter(peer.uid, most: most) else {
            server.countRefusedConnection()
            server.countLimit(.connectionsPerUID)
            server.logger.warning("a connection was refused: its user has too many", metadata: whose)
            throw ConnectionRefused()
        }
        let usage = server.usage(of: rights.app.name)
        server.countConnection(1)
        usage.countConnection(1)
        channel.closeFuture.whenComplete { _ in
            quota.leave(place.share)
            server.countConnection(-1)
            usage.countConnection(-1)
        }
        // An operator is not kept waiting by other connections of the same user.
        let share = listener == .operators ? UserShare(uid: peer.uid) : place.share
        return ConnectionState(
            peer: peer, rights: rights, limits: configuration.limits, share: share, usage: usage,
            counter: counter, bufferBytes: place.bufferBytes)
    }
}

/// The peer has no right to a connection, or too many of them.
struct ConnectionRefused: Error {}
