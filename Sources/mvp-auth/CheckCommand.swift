internal import ArgumentParser
internal import AuthLogging
internal import AuthSettings
internal import Glibc
internal import InternationalDomains
internal import MVPAuth
internal import PostgresStore
internal import ServiceManager
internal import StrictJSON

/// What the daemon would be started with.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Prints the daemon's effective settings, secrets hidden.",
        discussion:
            "Reads the environment and --config as mvp-authd does. A wrong value is named, with what is allowed. "
            + "With --database it reads the PostgreSQL database too and says what the daemon would change there.")

    @Option(name: .customLong("config"), help: "A file of NAME=value lines; the environment wins.")
    var configFile: String?

    @Flag(help: "Reads the database: its server, its migrations, addresses that several accounts share.")
    var database = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        do {
            let source = try await SettingSource(environment: ProcessEnvironment.current, configFile: configFile)
            let settings = try DaemonSettings(from: source)
            database ? try showDatabase(of: settings) : show(source.effective)
        } catch let error as SettingsError {
            StandardStreams.writeLine("mvp-auth: \(error.description)", to: STDERR_FILENO)
            throw ExitStatus.configuration
        } catch let error as PostgresStoreError {
            StandardStreams.writeLine("mvp-auth: \(error.description)", to: STDERR_FILENO)
            throw ExitStatus.unreachable
        }
    }

    private func show(_ settings: [SettingSource.Effective]) {
        guard !output.json else {
            return output.show(
                .array(
                    settings.map {
                        [
                            "name": .string($0.name), "summary": .string($0.summary), "allowed": .string($0.allowed),
                            "value": .string($0.shown), "from": .string($0.origin),
                        ]
                    }))
        }
        showTable(settings.map { ($0.name, "\($0.shown)  (\($0.origin))") })
    }

    private func showDatabase(of settings: DaemonSettings) throws {
        guard let options = try settings.postgresOptions() else {
            throw SettingsError("--database reads PostgreSQL; a daemon on another store owns it alone.")
        }
        let report = try DatabaseReport(options, emails: EmailPolicy(domains: IDN2DomainEncoder()))
        guard !output.json else {
            return output.show([
                "server_version": .string(report.serverVersion), "host": .string(report.host),
                "synchronous_commit": .string(report.synchronousCommit),
                "applied": .array(report.applied.map(JSON.string)),
                "pending": .array(report.pending.map(JSON.string)),
                "shared_addresses": .array(report.sharedAddresses.map { .array($0.map(JSON.string)) }),
            ])
        }
        showTable(
            [("PostgreSQL", "\(report.serverVersion) at \(report.host)")]
                + [("synchronous_commit", report.synchronousCommit)]
                + report.applied.map { ("migration", "\($0)  (applied)") }
                + report.pending.map { ("migration", "\($0)  (the daemon will apply it)") }
                + report.sharedAddresses.map { ("shared address", $0.joined(separator: ", ")) })
    }

    private func showTable(_ rows: [(name: String, value: String)]) {
        let width = rows.map(\.name.count).max() ?? 0
        for row in rows {
            let name = row.name + String(repeating: " ", count: width - row.name.count)
            StandardStreams.writeLine(TerminalJSON.printable("\(name)  \(row.value)"), to: STDOUT_FILENO)
        }
    }
}
