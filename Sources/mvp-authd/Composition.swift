internal import AuthAPI
internal import AuthLogging
internal import AuthServer
internal import AuthSettings
internal import Glibc
internal import InternationalDomains
internal import Logging
internal import MVPAuth
internal import Preflight
internal import ServiceLifecycle
internal import UnixSignals
internal import Host

/// The composition root: the only place that knows which store, which hasher and which sink.
struct Composition {
    private let store: any AuthStore
    private let services: [any Service]
    private let attempts: AttemptWriting
    private let logger: Logger

    /// Opens, connects and binds everything, or says in one sentence why not. Nothing is served before `run`.
    static func make(_ start: StartOptions, logger: Logger) async throws -> Composition {
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let (settings, warnings) = try start.settings()
        let logger = logger.at(settings.server.logLevel)
        for warning in warnings { logger.warning("\(warning)") }
        let location = try StoreLocation(settings)
        if settings.database.url == nil { try StateDirectories.require(settings.directories.state, for: "state") }
        // The database before the key, so that a start that fails between them is a first one again.
        let store = try location.open(allowsNew: start.allowsNewDatabase, logger: logger)
        do {
            let keys = try start.keys(settings, logger: logger)
            let system = try await AuthSystem(
                store: store, hasher: settings.hashingPool(logger: logger), signer: keys,
                domains: IDN2DomainEncoder(), policy: settings.policy(isDevelopment: start.isDevelopment))
            let sockets = try start.sockets(settings)
            let manager = ServiceNotifier(environment: start.environment)
            let status = "Serving \(sockets.summary) (store: \(location.kind))."
            let server = ServerState(
                ServerConfiguration(
                    system: system, limits: settings.server.limits, access: try settings.access(),
                    links: settings.emailLinks, slowCalls: settings.slowCallBounds, policy: settings.policyDescription),
                store: location.kind, logger: logger, keepsMailbox: start.isDevelopment,
                droppedLogLines: { LineLogHandler.droppedLines },
                sha256: { keys.sha256($0) },
                reload: { current throws(AuthError) in
                    manager.reloading()
                    return try await start.reload(current, logger: logger)
                },
                reloaded: { manager.ready(status) },
                stop: { kill(getpid(), SIGTERM) })
            let readiness = Readiness {
                StandardStreams.post(
                    "mvp-authd ready on \(sockets.summary) (store: \(location.kind))", to: STDOUT_FILENO)
                ProcessMemory.trim()
                manager.ready(status)
            }
            let daemon = AuthDaemon(settings.daemon, sockets: sockets, server: server) { phase in
                switch phase {
                case .accepting: readiness.reached(.sockets)
                case .draining: manager.stopping()
                }
            }
            let following = StoreFollowing(server: server) { readiness.reached(.store) }
            let attempts = AttemptWriting(server: server)
            let services: [any Service] =
                [following, server.emails]
                + (settings.email.sink(isDevelopment: start.isDevelopment) == .log
                    ? [TerminalEmails(broker: server.emails, links: settings.emailLinks)] : [])
                + [Maintenance(server: server), attempts, ReloadOnHangup(hangups, server: server), daemon]
                + (Watchdog(manager, sockets: sockets, server: server).map { [$0] } ?? [])
            return Composition(store: store, services: services, attempts: attempts, logger: logger)
        } catch {
            await store.close()
            throw error
        }
    }

    /// Serves until SIGTERM or SIGINT, then finishes what is in flight: first the sockets, then what they left to be noted, at
    /// last the store. A part that fails makes all of them stop at once; nothing is lost by that.
    func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        defer { logger.debug("stopped") }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await group.run())
        } catch {
            outcome = .failure(error)
        }
        await attempts.finish()
        await store.close()
        try outcome.get()
    }
}

extension ListeningSockets {
    /// Where applications find the daemon, in a word.
    fileprivate var summary: String {
        (path(of: .applications) ?? path(of: .operators)).map { "unix://\($0)" } ?? "the inherited sockets"
    }
}

extension Logger {
    /// The logger at the level of a setting.
    func at(_ level: LogLevel) -> Logger {
        var logger = self
        logger.logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
        return logger
    }
}
