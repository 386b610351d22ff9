internal import AuthAPI
internal import CLinux
internal import Glibc
internal import Logging
internal import NIOCore
internal import NIOPosix

/// Accepts connections on a listening socket and asks the kernel, once, who each peer is.
final class SocketServer: Sendable {
    private let channel: any Channel
    private let connections: ConnectionSet

    /// Takes the listening descriptor over.
    static func start(
        descriptor: Int32, listener: AccessPolicy.Listener, policy: AccessPolicy, quota: ConnectionQuota,
        dispatcher: Dispatcher, server: ServerState, group: any EventLoopGroup
    ) async throws -> SocketServer {
        let connections = ConnectionSet()
        let loops = LoopResources(group: group, limits: server.limits)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(quota: quota, isReserved: listener == .operators))
                }
            }
            .childChannelInitializer { channel in
                admit(channel, through: listener, policy: policy, quota: quota, server: server).flatMapThrowing {
                    state in
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(
                            state: state, dispatcher: dispatcher, server: server, resources: loops[channel.eventLoop]))
                    connections.insert(channel)
                }
            }
            .childChannelOption(ChannelOptions.maxMessagesPerRead, value: 1)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                ChannelOptions.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024)
            )
            .childChannelOption(
                ChannelOptions.writeBufferWaterMark, value: .init(low: 256 * 1024, high: server.limits.replyBytes))
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

    private static func admit(
        _ channel: any Channel, through listener: AccessPolicy.Listener, policy: AccessPolicy,
        quota: ConnectionQuota, server: ServerState
    ) -> EventLoopFuture<ConnectionState> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let credentials: EventLoopFuture<peer_credentials> = provider.unsafeGetSocketOption(
            level: .init(rawValue: SOL_SOCKET), name: .init(rawValue: SO_PEERCRED))
        return credentials.flatMapThrowing { credentials in
            let peer = Peer(uid: credentials.uid, gid: credentials.gid, pid: credentials.pid)
            guard let grant = policy.grant(for: peer, through: listener), quota.enter(peer.uid) else {
                server.countRefusedConnection()
                server.logger.warning(
                    "a connection was refused", metadata: ["uid": "\(peer.uid)", "pid": "\(peer.pid)"])
                throw ConnectionRefused()
            }
            server.countConnection(1)
            channel.closeFuture.whenComplete { _ in
                quota.leave(peer.uid)
                server.countConnection(-1)
            }
            return ConnectionState(peer: peer, grant: grant)
        }
    }
}

/// The peer has no right to a connection, or too many of them.
struct ConnectionRefused: Error {}
