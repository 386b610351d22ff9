internal import AuthAPI
internal import Logging
internal import MVPAuth
internal import ServiceLifecycle

/// The daemon's sockets, from ready to the last answer.
package struct AuthDaemon: Service {
    package struct Configuration: Sendable {
        package var eventLoops: Int?
        package var openFiles = 65_536

        package init() {}
    }

    /// How far the daemon has come.
    package enum Phase: Sendable {
        /// Every socket accepts.
        case accepting
        /// Nothing is accepted any more; what is in flight is being finished.
        case draining
    }

    private let configuration: Configuration
    private let server: ServerState
    private let sockets: ListeningSockets
    private let reached: @Sendable (Phase) -> Void

    /// Nothing is served before `run`.
    package init(
        _ configuration: Configuration, sockets: ListeningSockets, server: ServerState,
        reached: @escaping @Sendable (Phase) -> Void
    ) {
        self.configuration = configuration
        self.sockets = sockets
        self.server = server
        self.reached = reached
    }

    /// Serves until a graceful shutdown; then finishes what is in flight.
    package func run() async throws {
        let files = ConnectionQuota.raiseOpenFiles(to: configuration.openFiles)
        let reserve = max(files / 4, 64)
        let quota = ConnectionQuota(total: min(server.configuration.limits.connections, max(16, files - reserve)))
        let loops = EventLoops(count: configuration.eventLoops ?? Processors.count)
        let dispatcher = Dispatcher(authAPI, server: server)
        var servers: [SocketServer] = []
        for (socket, listener) in sockets.all {
            servers.append(
                SocketServer(
                    descriptor: socket.descriptor, listener: listener, quota: quota, dispatcher: dispatcher,
                    server: server, loops: loops))
        }
        reached(.accepting)
        try? await gracefulShutdown()
        reached(.draining)
        server.beginDraining()
        sockets.remove()
        await withDiscardingTaskGroup { tasks in
            for server in servers { tasks.addTask { await server.drain() } }
        }
        await loops.stop()
    }
}
