internal import ArgumentParser
internal import AuthAPI
internal import AuthLogging
internal import AuthServer
internal import AuthSettings
internal import CProcessStart
internal import Glibc
internal import Logging
internal import MVPAuth
internal import PostgresStore
internal import Host
internal import ServiceLifecycle

/// `mvp-authd`: owns the auth store and serves it on Unix sockets.
@main
struct AuthDaemonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mvp-authd",
        abstract: "The auth daemon: owns the store and serves JSON-RPC on Unix sockets.",
        discussion: "Settings come from the environment, then from --config; 'mvp-auth check' prints them all.",
        version: Software.mvpAuth.version)

    @Option(name: .customLong("config"), help: "A file of NAME=value lines; the environment wins.")
    var configFile: String?

    @Option(help: "Where the sockets go. [MVP_AUTH_RUNTIME_DIR]")
    var runtimeDir: String?

    @Option(help: "Where the key and the database live. [MVP_AUTH_STATE_DIR]")
    var stateDir: String?

    @Flag(help: "Development: emails are printed on the terminal, guessing is not slowed down.")
    var dev = false

    @Flag(help: "Makes an empty database where there was one before and is none now.")
    var newDatabase = false

    func run() async throws {
        process_start()
        signal(SIGPIPE, SIG_IGN)
        ProcessProtection.apply()
        LoggingSystem.bootstrap { LineLogHandler(label: $0) }
        let logger = Logger(label: "mvp-authd")
        await Program.daemon.run(failing: "The daemon cannot serve") {
            let options = StartOptions(
                environment: ProcessEnvironment.current, configFile: configFile, runtimeDir: runtimeDir,
                stateDir: stateDir, isDevelopment: dev, allowsNewDatabase: newDatabase)
            do {
                try await Composition.make(options, logger: logger).run()
            } catch let error as PostgresStoreError {
                throw SettingsError(error.description)
            }
        }
    }
}
