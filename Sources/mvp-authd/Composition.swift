internal import AuthAPI
internal import AuthCrypto
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

/// What the daemon was started with; a reload asks it again.
struct StartOptions: Sendable {
    let environment: [String: String]
    let configFile: String?
    /// What the command line says of the directories.
    let runtimeDir: String?
    let stateDir: String?
    let isDevelopment: Bool

    /// Whether a database may be made where one was.
    let allowsNewDatabase: Bool

    /// - Throws: everything that is wrong, at once.
    func settings() throws(SettingsError) -> (DaemonSettings, warnings: [String]) {
        let source = SettingSource(environment: environment, configFile: configFile)
        let settings = DaemonSettings(reading: source, runtimeDir: runtimeDir, stateDir: stateDir)
        source.note(Preflight(settings, from: source, isDevelopment: isDevelopment).faults)
        try source.finish()
        return (settings, source.warnings)
    }

    fileprivate func keys(_ settings: DaemonSettings, logger: Logger) throws -> KeyRing {
        guard let keys = try Keys.load(settings, makesKey: true, warn: { logger.warning("\($0)") }) else {
            throw SettingsError("There is no key to sign with.")
        }
        return keys
    }

    /// The sockets that the process was started with; without any, those that the settings want.
    fileprivate func sockets(_ settings: DaemonSettings) throws -> ListeningSockets {
        let inherited = try InheritedSocket.all(in: environment)
        guard inherited.isEmpty else {
            return try ListeningSockets(
                inherited: try inherited.map { socket in
                    guard let path = socket.path else {
                        throw StartFailure("The inherited socket \(socket.name) is not a Unix socket.")
                    }
                    return (socket.name, ListeningSocket(inherited: socket.descriptor, path: path))
                })
        }
        try StateDirectories.require(settings.directories.runtime, for: "runtime", allowsSticky: true)
        return try ListeningSockets(
            in: settings.directories.runtime, group: settings.server.socketGroup,
            apps: settings.server.apps.compactMap { app in app.socket.map { (app.name, $0.group) } })
    }

    /// What the configuration says now. The store, the sockets and the email sink stay until the next start.
    func reload(
        _ current: ServerConfiguration, logger: Logger
    ) async throws(AuthError) -> ServerConfiguration {
        do {
            let (settings, _) = try self.settings()
            let keys = try keys(settings, logger: logger)
            let access = try settings.access()
            let system = AuthSystem(
                reconfiguring: current.system,
                hasher: settings.hashingPool(logger: logger.at(settings.server.logLevel)),
                signer: keys, policy: settings.policy(isDevelopment: isDevelopment))
            return ServerConfiguration(
                system: system, limits: settings.server.limits, access: access, links: settings.emailLinks,
                slowCalls: settings.slowCallBounds, policy: settings.policyDescription)
        } catch {
            throw AuthError(.validation, "\(error)")
        }
    }
}

extension DaemonSettings {
    fileprivate func hashingPool(logger: Logger) -> HashingPool {
        let argon2id = Argon2id(
            memoryKiB: hashing.argon2.memoryKiB, iterations: hashing.argon2.iterations,
            parallelism: hashing.argon2.parallelism)
        let onUnusableHash = { @Sendable in
            logger.error("a stored password hash cannot be used: malformed, unsupported or too expensive")
        }
        return switch hashing.algorithm {
        case .bcrypt:
            HashingPool(
                Bcrypt(cost: hashing.bcryptCost), long: argon2id, threads: hashing.threads, capacity: hashing.queue,
                onUnusableHash: onUnusableHash)
        case .argon2, .argon2id:
            HashingPool(
                argon2id, threads: hashing.threads, capacity: hashing.queue, onUnusableHash: onUnusableHash)
        }
    }

    fileprivate var emailLinks: EmailLinks {
        let apps = server.apps.compactMap { app in app.links.map { (app.name, $0) } }
        return EmailLinks(base: email.linkBase, apps: Dictionary(uniqueKeysWithValues: apps))
    }

    fileprivate var slowCallBounds: SlowCallBounds {
        SlowCallBounds(
            ordinaryMilliseconds: server.slowCall.ordinary, hashingMilliseconds: server.slowCall.hashing)
    }

    fileprivate func policy(isDevelopment: Bool) -> AuthPolicy {
        var policy = policy
        policy.sendsEmail = email.sink(isDevelopment: isDevelopment) != .none
        policy.limitsEmails = email.isLimited && !isDevelopment
        policy.throttle = throttle.policy(for: policy, isDevelopment: isDevelopment)
        return policy
    }

    fileprivate var daemon: AuthDaemon.Configuration {
        var configuration = AuthDaemon.Configuration()
        configuration.eventLoops = server.eventLoops
        configuration.openFiles = server.openFiles
        return configuration
    }

    /// Who may do what.
    fileprivate func access() throws(SettingsError) -> AccessPolicy {
        var entries: [AccessPolicy.Entry] = []
        for app in server.apps {
            let budget = app.callsPerSecond.map { RateBudget(perSecond: $0, burst: app.burst ?? $0) }
            entries.append(
                AccessPolicy.Entry(
                    App(
                        Caller(
                            app: app.name, audience: app.audience, assertsAddresses: app.assertsAddresses ?? true),
                        methods: app.methods, budget: budget,
                        hearsAll: app.hooks == .all),
                    uids: try app.uids(), gids: try app.gids(), roles: app.roles.map { PeerRoles($0) } ?? .client))
        }
        return AccessPolicy(daemon: geteuid(), entries: entries)
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
    fileprivate func at(_ level: LogLevel) -> Logger {
        var logger = self
        logger.logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
        return logger
    }
}
