internal import AuthAPI
internal import AuthServer
internal import MVPAuthClient
internal import ServiceLifecycle
internal import Host

/// Proves to the service manager that calls are served: by one, over a new connection. When none is answered any more
/// the manager hears nothing, and starts the daemon anew.
///
/// It asks through the operators' socket, where there is one: that is served from the reserve, so that a crowd of
/// connections does not look like a standstill. It asks for nothing that the store answers: a database that is away is
/// no reason to start anew.
struct Watchdog: Service {
    private let manager: ServiceNotifier
    private let interval: Duration
    private let path: String
    private let server: ServerState

    /// Nil when nobody watches.
    init?(_ manager: ServiceNotifier, sockets: ListeningSockets, server: ServerState) {
        guard let interval = manager.watchdogInterval,
            let path = sockets.path(of: .operators) ?? sockets.path(of: .applications)
        else { return nil }
        self.manager = manager
        self.interval = interval
        self.path = path
        self.server = server
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            repeat {
                if await isServed() {
                    let connections = server.stats.connections
                    manager.alive("Serving \(connections) connection(s).")
                }
            } while (try? await Task.sleep(for: interval)) != nil
        }
    }

    private func isServed() async -> Bool {
        var configuration = AuthClient.Configuration()
        configuration.socket = path
        configuration.timeout = interval
        configuration.name = "watchdog"
        let client = AuthClient(configuration)
        let answer: Void? = try? await client.ping()
        await client.close()
        return answer != nil
    }
}
