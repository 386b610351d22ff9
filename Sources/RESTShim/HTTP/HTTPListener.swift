internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOExtras
internal import NIOHTTPTypes
internal import NIOPosix
internal import ServiceLifecycle

/// Accepts HTTP connections, on an address or on a socket that the process was started with.
///
/// Hummingbird's own server has no way to take a socket over; its connections are used as they are.
struct HTTPListener: Service {
    typealias Responder = @Sendable (Request, any Channel) async -> Response

    let address: ListenAddress
    let limits: ShimConfiguration.Limits
    let disconnects: Disconnects
    let logger: Logger
    let respond: Responder
    /// Told the port once connections are accepted; nil on a Unix socket.
    let ready: @Sendable (Int?) -> Void

    private typealias Server = NIOAsyncChannel<HTTP1Channel.Value, Never>

    /// Serves until a graceful shutdown, then finishes what is in flight.
    func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let quiescing = ServerQuiescingHelper(group: group)
        let connection = connection
        let server = try await bind(bootstrap(group, quiescing)) { connection.setup(channel: $0, logger: logger) }
        ready(server.channel.localAddress?.port)
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { tasks in
                try await server.executeThenClose { clients in
                    for try await client in clients {
                        tasks.addTask { await connection.handle(value: client, logger: logger) }
                    }
                }
            }
        } onGracefulShutdown: {
            quiescing.initiateShutdown(promise: nil)
        }
    }

    private func bootstrap(_ group: any EventLoopGroup, _ quiescing: ServerQuiescingHelper) -> ServerBootstrap {
        let (most, logger) = (limits.connections, logger)
        return ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.backlog, value: 1024)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        AvailableConnectionsChannelHandler<MaximumAvailableConnections>(maxConnections: most))
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                    try pipeline.addHandler(AcceptErrors(logger: logger))
                }
            }
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
    }

    private func bind(
        _ bootstrap: ServerBootstrap, _ setUp: @escaping @Sendable (any Channel) -> EventLoopFuture<HTTP1Channel.Value>
    ) async throws -> Server {
        switch address {
        case .tcp(let host, let port):
            try await bootstrap.serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port, childChannelInitializer: setUp)
        case .unix(let path):
            try await bootstrap.bind(
                unixDomainSocketPath: path, cleanupExistingSocketFile: true, childChannelInitializer: setUp)
        case .inherited(let descriptor):
            try await bootstrap.bind(descriptor, childChannelInitializer: setUp)
        }
    }

    private var connection: HTTP1Channel {
        let (limits, disconnects, respond) = (limits, disconnects, respond)
        var configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(limits: limits, disconnects: disconnects)])
        configuration.httpDecoder = .init(
            maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
            maxHeaderFieldCount: limits.headerFields)
        let clock = HTTPClock()
        return HTTP1Channel(
            responder: { request, writer, channel in
                var response = await respond(request, channel)
                response.headers[.date] = clock.date
                try await writer.write(response: response.head, body: response.body)
            }, configuration: configuration)
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
