internal import ArgumentParser
internal import AuthAPI
internal import AuthLogging
internal import AuthSettings
internal import CProcessStart
internal import EmailDelivery
internal import Glibc
internal import Host
internal import Logging
internal import MVPAuthClient
internal import ServiceLifecycle

/// `mvp-auth-mail`: sends the emails that the daemon hands over, in a process that holds no key and no store.
@main
struct AuthMailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mvp-auth-mail",
        abstract: "Sends the emails of mvp-authd: by SMTP, webhook, sendmail or a program.",
        discussion: "Every option can be given by its variable; the option wins.",
        version: Software.mvpAuth.version)

    enum Action: String, ExpressibleByArgument { case check }

    @Argument(help: "check: finds out whether emails can be sent, by connecting and signing in, and sends none.")
    var action: Action?

    @Option(name: .customLong("config"), help: "A file of NAME=value lines; options and the environment win.")
    var configFile: String?

    @Option(help: ArgumentHelp("Sends one test message there, without the daemon, and ends.", valueName: "address"))
    var testTo: String?

    @Flag(name: .customLong("settings"), help: "Prints the effective settings as JSON, and sends nothing.")
    var printsSettings = false

    @OptionGroup var options: MailOptions

    func run() async throws {
        process_start()
        ProcessProtection.apply()
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap { LineLogHandler(label: $0) }
        await Program.mailer.run(failing: "Emails cannot be sent") {
            let environment = ProcessEnvironment.current
            let source = SettingSource(for: .mailer, environment: environment, configFile: configFile)
            let settings = try MailSettings(from: source, option: options.text)
            guard !printsSettings else { return Program.mailer.show(source.effective) }
            let sink = try settings.makeSink(
                program: "mvp-auth-mail/\(Software.mvpAuth.version)", path: environment["PATH"] ?? "/usr/bin:/bin")
            if action == .check {
                try await sink.check()
                StandardStreams.writeLine("mvp-auth-mail: ready to send by \(sink.destination)", to: STDOUT_FILENO)
            } else if let testTo {
                try await Self.sendTest(to: testTo, by: sink)
            } else {
                try await serve(settings, by: sink, ServiceNotifier(environment: environment), source.warnings)
            }
            await sink.close()
        }
    }

    private func serve(
        _ settings: MailSettings, by sink: any DeliverySink, _ manager: ServiceNotifier, _ warnings: [String]
    ) async throws {
        var logger = Logger(label: "mvp-auth-mail")
        logger.logLevel = .info
        for warning in warnings { logger.warning("\(warning)") }
        var client = AuthClient.Configuration()
        client.sockets = settings.sockets
        client.daemonUser = settings.daemonUser
        client.name = "mvp-auth-mail"
        let mailer = Mailer(sink: sink, logger: logger) { place in
            StandardStreams.post("mvp-auth-mail ready: \(place)", to: STDOUT_FILENO)
            manager.ready("Sending by \(place).")
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: mailer.service(for: AuthClient(client)),
                        successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: StopNotice(manager: manager)),
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    private static func sendTest(to address: String, by sink: any DeliverySink) async throws(StartFailure) {
        switch await sink.deliver(.test(to: address)) {
        case .delivered:
            StandardStreams.writeLine("mvp-auth-mail: handed over by \(sink.destination)", to: STDOUT_FILENO)
        case .retry(_, let reason): throw StartFailure("The test message was not taken, for now: \(reason).")
        case .drop(let reason): throw StartFailure("The test message was refused: \(reason).")
        }
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
