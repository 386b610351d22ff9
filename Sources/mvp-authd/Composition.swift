internal import AuthCrypto
internal import AuthLogging
internal import AuthServer
internal import AuthSettings
internal import Glibc
internal import InternationalDomains
internal import Logging
internal import MVPAuth
internal import ServiceLifecycle

/// The composition root: the only place that knows which store, which hasher and which sink.
struct Composition {
    private let store: any AuthStore
    private let services: [any Service]
    private let logger: Logger

    /// Opens, connects and binds everything, or says in one sentence why not. Nothing is served before `run`.
    static func make(_ start: StartOptions, logger: Logger) async throws -> Composition {
        let settings = try await start.settings()
        let logger = logger.at(settings.logLevel)
        let keys = try Keys.load(settings, stateDirectory: start.stateDirectory, logger: logger)
        let location = try StoreLocation(settings, stateDirectory: start.stateDirectory)
        let store = try location.open(logger: logger)
        let email = settings.emailDelivery(isDevelopment: start.isDevelopment, environment: start.environment, logger)
        let outbox: any EmailOutbox = email ?? NoEmail()
        do {
            let system = try await AuthSystem(
                store: store, hasher: settings.hashingPool(logger: logger), signer: keys,
                domains: IDN2DomainEncoder(), outbox: outbox, policy: settings.policy)
            let server = ServerState(
                system: system, store: location.kind, logger: logger, sha256: keys.sha256,
                reload: { system throws(AuthError) in
                    try await start.reload(system, outbox: outbox, logger: logger)
                },
                stop: { kill(getpid(), SIGTERM) })
            let readiness = Readiness {
                StandardStreams.writeLine(
                    "mvp-authd ready on unix://\(start.runtimeDirectory)/mvp-auth.sock (store: \(location.kind))",
                    to: STDOUT_FILENO)
                ProcessMemory.trim()
            }
            let daemon = try AuthDaemon(settings.daemon(in: start.runtimeDirectory), server: server) {
                readiness.reached(.sockets)
            }
            let following = StoreFollowing(server: server) { readiness.reached(.store) }
            let services: [any Service] =
                [following] + (email.map { [$0] } ?? [])
                + [Maintenance(server: server), ReloadOnHangup(server: server), daemon]
            return Composition(store: store, services: services, logger: logger)
        } catch {
            await store.close()
            throw error
        }
    }

    /// Serves until SIGTERM or SIGINT, then finishes what is in flight: first the sockets, at last the store.
    func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        defer { logger.debug("stopped") }
        do {
            try await group.run()
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }
}

/// What the daemon was started with; a reload asks it again.
struct StartOptions: Sendable {
    let environment: [String: String]
    let configFile: String?
    let runtimeDirectory: String
    let stateDirectory: String
    let isDevelopment: Bool

    func settings() async throws(SettingsError) -> DaemonSettings {
        try DaemonSettings(from: try await SettingSource(environment: environment, configFile: configFile))
    }

    /// The system as the configuration says now. The store, the sockets and the email sink stay until the next start.
    func reload(
        _ system: AuthSystem, outbox: any EmailOutbox, logger: Logger
    ) async throws(AuthError) -> AuthSystem {
        do {
            let settings = try await settings()
            let keys = try Keys.load(settings, stateDirectory: stateDirectory, logger: logger)
            return AuthSystem(
                reconfiguring: system, hasher: settings.hashingPool(logger: logger.at(settings.logLevel)), signer: keys,
                policy: settings.policy, outbox: outbox)
        } catch {
            throw AuthError(.validation, "\(error)")
        }
    }
}

extension DaemonSettings {
    fileprivate func hashingPool(logger: Logger) -> HashingPool {
        let argon2id = Argon2id(
            memoryKiB: argon2.memoryKiB, iterations: argon2.iterations, parallelism: argon2.parallelism)
        let onUnusableHash = { @Sendable in
            logger.error("a stored password hash cannot be used: malformed, unsupported or too expensive")
        }
        return switch passwordAlgorithm {
        case .bcrypt:
            HashingPool(
                Bcrypt(cost: bcryptCost), long: argon2id, threads: hashingThreads, capacity: hashingQueue,
                onUnusableHash: onUnusableHash)
        case .argon2, .argon2id:
            HashingPool(
                argon2id, threads: hashingThreads, capacity: hashingQueue, onUnusableHash: onUnusableHash)
        }
    }

    fileprivate func emailDelivery(
        isDevelopment: Bool, environment: [String: String], _ logger: Logger
    ) -> EmailDelivery? {
        switch emailSink ?? (isDevelopment ? .log : .none) {
        case .none: nil
        case .log: EmailDelivery(sink: LogEmailSink(linkBase: linkBase), logger: logger)
        case .command:
            EmailDelivery(
                sink: CommandEmailSink(command: emailCommand, path: environment["PATH"] ?? "/usr/bin:/bin"),
                logger: logger)
        }
    }

    fileprivate func daemon(in directory: String) -> AuthDaemon.Configuration {
        let trusted = Dictionary(trustedUsers.map { ($0.uid, $0.app) }) { $1 }
        var configuration = AuthDaemon.Configuration(
            runtimeDirectory: directory, access: AccessPolicy(daemon: geteuid(), trusted: trusted))
        configuration.socketGroup = socketGroup
        configuration.eventLoops = eventLoops
        configuration.openFiles = openFiles
        configuration.connectionsPerUser = connectionsPerUser
        return configuration
    }
}

extension Logger {
    /// The logger at the level of a setting.
    fileprivate func at(_ level: String) -> Logger {
        var logger = self
        logger.logLevel = Logger.Level(rawValue: level) ?? .info
        return logger
    }
}
