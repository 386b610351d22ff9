internal import AuthAPI
internal import AuthCrypto
internal import AuthServer
internal import AuthSettings
internal import Host
internal import Logging
internal import MVPAuth
internal import Preflight

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

    func keys(_ settings: DaemonSettings, logger: Logger) throws -> KeyRing {
        guard let keys = try Keys.load(settings, makesKey: true, warn: { logger.warning("\($0)") }) else {
            throw SettingsError("There is no key to sign with.")
        }
        return keys
    }

    /// The sockets that the process was started with; without any, those that the settings want.
    func sockets(_ settings: DaemonSettings) throws -> ListeningSockets {
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
