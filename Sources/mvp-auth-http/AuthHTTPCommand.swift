internal import ArgumentParser
internal import AuthAPI
internal import AuthLogging
internal import AuthSettings
internal import CProcessStart
internal import Glibc
internal import Logging
internal import MVPAuthClient
internal import RESTShim
internal import ServiceLifecycle
internal import Host

/// `mvp-auth-http`: the REST routes, in a process that holds no key and no store.
@main
struct AuthHTTPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mvp-auth-http",
        abstract: "The REST shim: turns HTTP requests into calls to mvp-authd.",
        discussion: "Every option can be given by its variable; the option wins.",
        version: Software.mvpAuth.version)

    @Option(name: .customLong("config"), help: "A file of NAME=value lines; options and the environment win.")
    var configFile: String?

    @Flag(help: "Prints the effective settings as JSON, and does not serve.")
    var check = false

    @OptionGroup var options: ShimOptions

    func run() async throws {
        process_start()
        ProcessProtection.apply()
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap { LineLogHandler(label: $0) }
        var logger = Logger(label: "mvp-auth-http")
        logger.logLevel = .notice
        await Program.shim.run(failing: "The shim cannot serve") {
            let environment = ProcessEnvironment.current
            let source = SettingSource(for: .shim, environment: environment, configFile: configFile)
            let settings = try ShimSettings(from: source, option: options.text)
            guard !check else { return Program.shim.show(source.effective) }
            for warning in source.warnings { logger.warning("\(warning)") }
            let configuration = try serving(settings.configuration, try InheritedSocket.all(in: environment))
            let manager = ServiceNotifier(environment: environment)
            var client = AuthClient.Configuration()
            client.sockets = settings.sockets
            client.isRestricted = true
            client.daemonUser = settings.daemonUser
            client.connectTimeout = .milliseconds(500)
            client.name = "mvp-auth-http"
            if configuration.logsRequests { logger.logLevel = .info }
            let auth = AuthClient(client)
            let mailbox = options.dev ? AuthClient(client.keeping(only: .hooks)) : nil
            let shim = Shim(configuration, client: auth, mailbox: mailbox, logger: logger)
            let service = shim.service { port in
                let base = configuration.address.base(port: port)
                StandardStreams.post(
                    "mvp-auth-http ready on \(base)\(configuration.prefix) (try \(base)/docs)", to: STDOUT_FILENO)
                manager.ready("Serving \(base)\(configuration.prefix).")
            }
            let statistics = configuration.metricsAddress.map { _ in AuthClient(client.keeping(only: .admin)) }
            let metrics = statistics.flatMap { daemon in
                shim.metricsService(asking: daemon) { port in
                    let base = configuration.metricsAddress?.base(port: port) ?? ""
                    StandardStreams.post("mvp-auth-http tells Prometheus at \(base)/metrics", to: STDOUT_FILENO)
                }
            }
            let group = ServiceGroup(
                configuration: .init(
                    services: ([service, StopNotice(manager: manager)] + (metrics.map { [$0] } ?? [])).map {
                        // A listener that cannot have its address ends the other one too.
                        .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
                    },
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: logger))
            try await group.run()
            await auth.close()
            await mailbox?.close()
            await statistics?.close()
        }
    }

    /// With the socket that was inherited, if one was.
    private func serving(
        _ configuration: ShimConfiguration, _ inherited: [InheritedSocket]
    ) throws(StartFailure) -> ShimConfiguration {
        let metrics = inherited.filter { $0.name.utf8.elementsEqual("metrics".utf8) }
        let routes = inherited.filter { !$0.name.utf8.elementsEqual("metrics".utf8) }
        guard routes.count <= 1, metrics.count <= 1 else {
            throw .configuration(
                "\(inherited.count) sockets were inherited; the shim serves one, and one named metrics.")
        }
        var configuration = configuration
        if let socket = routes.first { configuration.address = .inherited(descriptor: socket.descriptor) }
        if let socket = metrics.first { configuration.metricsAddress = .inherited(descriptor: socket.descriptor) }
        return configuration
    }
}

extension AuthClient.Configuration {
    fileprivate func keeping(only role: PeerRole) -> Self {
        var configuration = self
        configuration.onlyRole = role
        return configuration
    }
}

/// Tells the service manager of a stop when it begins.
private struct StopNotice: Service {
    let manager: ServiceNotifier

    func run() async throws {
        try? await gracefulShutdown()
        manager.stopping()
    }
}
