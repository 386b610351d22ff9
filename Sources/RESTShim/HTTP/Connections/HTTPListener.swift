internal import Logging
internal import NIOCore
internal import NIOExtras
internal import NIOPosix
internal import ServiceLifecycle
internal import Host

/// Accepts HTTP connections, on an address or on a socket that the process was started with.
struct HTTPListener: Service {
    let address: ListenAddress
    /// How another address is chosen.
    var choice = ListenAddress.Choice.routes
    let access: UnixSocketAccess
    let server: HTTPServer
    let logger: Logger
    /// Told the port once connections are accepted; nil on a Unix socket.
    let ready: @Sendable (Int?) -> Void

    private static let trimInterval = Duration.seconds(5)

    /// Serves until a graceful shutdown, then finishes what is in flight. Throws a sentence when the address cannot be
    /// had.
    func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let quiescing = ServerQuiescingHelper(group: group)
        let (channel, socket) = try await bind(bootstrap(group, quiescing))
        defer { socket?.remove() }
        let stopped = group.next().makePromise(of: Void.self)
        channel.closeFuture.whenComplete { _ in quiescing.initiateShutdown(promise: stopped) }
        ready(channel.localAddress?.port)
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { await giveMemoryBack() }
                try await stopped.futureResult.get()
                tasks.cancelAll()
            }
        } onGracefulShutdown: {
            quiescing.initiateShutdown(promise: nil)
        }
    }

    /// What many clients held is the system's again when they have gone.
    private func giveMemoryBack() async {
        while (try? await Task.sleep(for: Self.trimInterval)) != nil {
            if server.registry.hasShrunk() { ProcessHeap.giveBack() }
        }
    }

    private func bootstrap(_ group: any EventLoopGroup, _ quiescing: ServerQuiescingHelper) -> ServerBootstrap {
        let (server, logger) = (server, logger)
        return ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.backlog, value: 1024)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                    try pipeline.addHandler(AcceptErrors(logger: logger))
                }
            }
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                ChannelOptions.recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2048, maximum: 16_384)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(HTTPConnection(server))
                }
            }
    }

    private func bind(_ bootstrap: ServerBootstrap) async throws -> (any Channel, ListeningSocket?) {
        switch address {
        case .inherited(let descriptor): return (try await bootstrap.withBoundSocket(descriptor).get(), nil)
        case .tcp(let host, let port):
            do {
                let resolved = try SocketAddress.makeAddressResolvingHost(host, port: port)
                return (try await bootstrap.bind(to: resolved).get(), nil)
            } catch {
                throw address.failure(error, choice)
            }
        case .unix(let path):
            let socket: ListeningSocket
            do throws(StartFailure) {
                socket = try ListeningSocket(
                    path: path, mode: access.mode, group: access.group, server: "mvp-auth-http")
            } catch {
                throw StartFailure("\(error.sentence) Another path is chosen with \(choice.text).")
            }
            do {
                return (try await bootstrap.withBoundSocket(socket.descriptor).get(), socket)
            } catch {
                socket.remove()
                throw error
            }
        }
    }
}

/// A connection that could not be accepted, for lack of a descriptor say, does not end the listener. It rests a moment,
/// so that the lack is not a busy loop.
private final class AcceptErrors: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let logger: Logger

    private static let rest = TimeAmount.milliseconds(100)

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.warning("a connection could not be accepted: \(error)")
        let channel = context.channel
        channel.setOption(ChannelOptions.autoRead, value: false).whenComplete { _ in
            channel.eventLoop.scheduleTask(in: Self.rest) { channel.setOption(ChannelOptions.autoRead, value: true) }
        }
    }
}
