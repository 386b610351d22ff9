internal import ArgumentParser
internal import AuthServer
internal import AuthSettings
internal import Glibc
internal import Logging
internal import MVPAuth
internal import ServiceLifecycle

/// `mvp-authd`: owns the auth store and serves it on Unix sockets.
@main
struct AuthDaemonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mvp-authd",
        abstract: "The auth daemon: owns the store and serves JSON-RPC on Unix sockets.",
        discussion: "Settings come from the environment, then from --config; 'mvp-auth check' prints them all.")

    @Option(name: .customLong("config"), help: "A file of NAME=value lines; the environment wins.")
    var configFile: String?

    @Option(help: "Where the sockets go. [MVP_AUTH_RUNTIME_DIR]")
    var runtimeDir: String?

    @Option(help: "Where the key and the database live. [MVP_AUTH_STATE_DIR]")
    var stateDir: String?

    @Flag(help: "Development: emails are printed on the terminal.")
    var dev = false

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        ProcessProtection.apply()
        LoggingSystem.bootstrap { LineLogHandler(label: $0) }
        let logger = Logger(label: "mvp-authd")
        do {
            let composition = try await Composition.make(
                environment: ProcessEnvironment.current, configFile: configFile, runtimeDirectory: runtimeDir,
                stateDirectory: stateDir, isDevelopment: dev, logger: logger)
            try await composition.run()
        } catch let error as SettingsError {
            Self.fail(error.description, code: EX_CONFIG)
        } catch let error as StartFailure {
            Self.fail(error.description, code: 1)
        }
    }

    /// One sentence on standard error.
    private static func fail(_ sentence: String, code: Int32) -> Never {
        let line = Array("mvp-authd: \(sentence)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(code)
    }
}

/// Why the daemon does not start, in one sentence.
struct StartFailure: Error, CustomStringConvertible {
    let description: String
}
