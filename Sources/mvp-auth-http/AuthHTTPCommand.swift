internal import ArgumentParser
internal import AuthAPI
internal import AuthLogging
internal import Glibc
internal import Logging
internal import MVPAuthClient
internal import RESTShim
internal import ServiceLifecycle
internal import ServiceManager

/// `mvp-auth-http`: the REST routes, in a process that holds no key and no store.
@main
struct AuthHTTPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mvp-auth-http",
        abstract: "The REST shim: turns HTTP requests into calls to mvp-authd.",
        discussion: "Every option can be given by its variable; the option wins.")

    @Option(help: "HOST:PORT or unix:///path. [MVP_AUTH_HTTP_LISTEN] (default: 127.0.0.1:8080)")
    var listen: String?

    @Option(help: "The daemon's socket, unix:///path. [MVP_AUTH_SOCKET]")
    var socket: String?

    @Option(help: "What every route begins with. [MVP_AUTH_HTTP_PREFIX] (default: /auth)")
    var prefix: String?

    @Option(help: "Serve only these groups: core, verify, password, sessions. [MVP_AUTH_HTTP_INCLUDE]")
    var include: String?

    @Option(help: "Do not serve these groups. [MVP_AUTH_HTTP_EXCLUDE]")
    var exclude: String?

    @Option(help: "Proxies whose X-Forwarded-For is believed, as CIDR ranges. [MVP_AUTH_HTTP_TRUSTED_PROXIES]")
    var trustedProxy: [String] = []

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap { LineLogHandler(label: $0) }
        var logger = Logger(label: "mvp-auth-http")
        logger.logLevel = .notice
        do {
            let environment = ProcessEnvironment.current
            let configuration = try shimConfiguration(try InheritedSocket.all(in: environment))
            let manager = ServiceNotifier(environment: environment)
            var client = AuthClient.Configuration()
            client.socket = socket
            client.isRestricted = true
            client.name = "mvp-auth-http"
            let auth = AuthClient(client)
            let shim = Shim(configuration, client: auth, logger: logger)
            let service = shim.service { port in
                let base = configuration.address.base(port: port)
                StandardStreams.writeLine(
                    "mvp-auth-http ready on \(base)\(configuration.prefix) (try \(base)/docs)", to: STDOUT_FILENO)
                manager.ready("Serving \(base)\(configuration.prefix).")
            }
            let group = ServiceGroup(
                configuration: .init(
                    services: [service, StopNotice(manager: manager)], gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: logger))
            try await group.run()
            await auth.close()
        } catch let error as ShimError {
            Self.fail(error.description, code: EX_CONFIG)
        } catch let error as InheritanceError {
            Self.fail(error.description)
        } catch {
            Self.fail("The shim cannot serve: \(error).")
        }
    }

    private func shimConfiguration(_ inherited: [InheritedSocket]) throws(ShimError) -> ShimConfiguration {
        var configuration = ShimConfiguration()
        guard inherited.count <= 1 else {
            throw ShimError("\(inherited.count) sockets were inherited; the shim serves one.")
        }
        if let socket = inherited.first {
            configuration.address = .inherited(descriptor: socket.descriptor)
        } else if let text = value(listen, "MVP_AUTH_HTTP_LISTEN") {
            configuration.address = try ListenAddress(text)
        }
        if let text = value(prefix, "MVP_AUTH_HTTP_PREFIX") {
            configuration.prefix = try ShimConfiguration.prefix(text)
        }
        configuration.groups = try ShimConfiguration.groups(
            including: value(include, "MVP_AUTH_HTTP_INCLUDE").map { list($0) },
            excluding: list(value(exclude, "MVP_AUTH_HTTP_EXCLUDE") ?? ""))
        let proxies = trustedProxy.isEmpty ? [value(nil, "MVP_AUTH_HTTP_TRUSTED_PROXIES") ?? ""] : trustedProxy
        for proxy in proxies.flatMap({ list($0) }) {
            configuration.trustedProxies.append(try AddressRange(proxy))
        }
        return configuration
    }

    /// The option, else its variable.
    private func value(_ option: String?, _ variable: String) -> String? {
        option ?? getenv(variable).map { String(cString: $0) }
    }

    private func list(_ text: String) -> [String] {
        text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
    }

    private static func fail(_ sentence: String, code: Int32 = 1) -> Never {
        StandardStreams.writeLine("mvp-auth-http: \(sentence)", to: STDERR_FILENO)
        Glibc.exit(code)
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
