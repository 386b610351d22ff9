internal import AuthAPI
internal import Logging
internal import MVPAuth
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// The daemon's sockets, from ready to the last answer.
package struct AuthDaemon: Service {
    /// Where to listen and for whom.
    package struct Configuration: Sendable {
        package var runtimeDirectory: String
        package var socketGroup: String?
        package var eventLoops: Int?
        package var connectionsPerUser = 1024
        package var openFiles = 65_536
        package var access: AccessPolicy

        package init(runtimeDirectory: String, access: AccessPolicy) {
            self.runtimeDirectory = runtimeDirectory
            self.access = access
        }

        package var socketPath: String { runtimeDirectory + "/mvp-auth.sock" }
        package var adminSocketPath: String { runtimeDirectory + "/admin.sock" }
    }

    private let configuration: Configuration
    private let server: ServerState
    private let sockets: [(ListeningSocket, AccessPolicy.Listener)]
    private let ready: @Sendable () -> Void

    /// Binds the sockets. Nothing is served before `run`.
    ///
    /// - Parameter ready: called once both sockets accept.
    package init(
        _ configuration: Configuration, server: ServerState, ready: @escaping @Sendable () -> Void
    ) throws(ListeningSocket.Failure) {
        self.configuration = configuration
        self.server = server
        self.ready = ready
        let applications = try ListeningSocket(
            path: configuration.socketPath, mode: 0o660, group: configuration.socketGroup)
        do throws(ListeningSocket.Failure) {
            let operators = try ListeningSocket(path: configuration.adminSocketPath, mode: 0o600)
            sockets = [(applications, .applications), (operators, .operators)]
        } catch {
            applications.remove()
            throw error
        }
    }

    /// Serves until a graceful shutdown; then finishes what is in flight.
    package func run() async throws {
        let files = ConnectionQuota.raiseOpenFiles(to: configuration.openFiles)
        let quota = ConnectionQuota(perUser: configuration.connectionsPerUser, total: max(16, files * 3 / 4))
        let group = MultiThreadedEventLoopGroup(
            numberOfThreads: configuration.eventLoops ?? System.coreCount)
        let dispatcher = Dispatcher(authAPI, server: server)
        var servers: [SocketServer] = []
        for (socket, listener) in sockets {
            servers.append(
                try await SocketServer.start(
                    descriptor: socket.descriptor, listener: listener, policy: configuration.access, quota: quota,
                    dispatcher: dispatcher, server: server, group: group))
        }
        ready()
        try? await gracefulShutdown()
        server.beginDraining()
        for (socket, _) in sockets { socket.remove() }
        await withDiscardingTaskGroup { tasks in
            for server in servers { tasks.addTask { await server.drain() } }
        }
        try await group.shutdownGracefully()
    }
}
