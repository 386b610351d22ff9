internal import ArgumentParser
internal import AuthLogging
internal import AuthSettings
internal import Glibc
internal import InternationalDomains
internal import MVPAuth
internal import PostgresStore
internal import Preflight
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
        let source = SettingSource(environment: ProcessEnvironment.current, configFile: configFile)
        do {
            let settings = try DaemonSettings(from: source)
            for warning in source.warnings { say("warning: \(warning)") }
            database ? try showDatabase(of: settings) : show(source.effective)
        } catch let error as SettingsError {
            if output.json, !database { show(source.effective, failed: error) }
            for sentence in error.sentences { say(sentence) }
            throw ExitStatus.configuration
        } catch let error as PostgresStoreError {
            say(error.description)
            throw ExitStatus.unreachable
        }
    }

    private func say(_ sentence: String) {
        StandardStreams.writeLine(TerminalJSON.printable("mvp-auth: \(sentence)"), to: STDERR_FILENO)
    }

    /// With `--json` what is wrong is told too: as `error` of the setting, or in an element of its own.
    private func show(_ settings: [SettingSource.Effective], failed: SettingsError? = nil) {
        guard !output.json else {
            let own = Set(settings.compactMap(\.fault))
            let rest = (failed?.sentences ?? []).filter { !own.contains($0) }
            return output.show(.array(settings.map(Self.json) + rest.map { ["error": .string($0)] }))
        }
        showTable(settings.map { ($0.name, "\($0.shown)  (\($0.origin))") })
    }

    private static func json(_ setting: SettingSource.Effective) -> JSON {
        var object: JSON = [
            "name": .string(setting.name), "summary": .string(setting.summary), "allowed": .string(setting.allowed),
            "value": .string(setting.shown), "from": .string(setting.origin),
        ]
        object["error"] = setting.fault.map(JSON.string)
        return object
    }

    private func showDatabase(of settings: DaemonSettings) throws {
        guard let options = try settings.postgresOptions() else {
            throw SettingsError("--database reads PostgreSQL; a daemon on another store owns it alone.")
        }
        let report = try DatabaseReport(options, emails: EmailPolicy(domains: IDN2DomainEncoder()))
        guard !output.json else {
            output.show([
                "server_version": .string(report.serverVersion), "host": .string(report.host),
                "synchronous_commit": .string(report.synchronousCommit),
                "applied": .array(report.applied.map(JSON.string)),
                "pending": .array(report.pending.map(JSON.string)),
                "obstacles": .array(report.obstacles.map(JSON.string)),
                "shared_addresses": .array(report.sharedAddresses.map { .array($0.map(JSON.string)) }),
            ])
            guard report.obstacles.isEmpty else { throw ExitStatus.configuration }
            return
        }
        showTable(
            [("PostgreSQL", "\(report.serverVersion) at \(report.host)")]
                + [("synchronous_commit", report.synchronousCommit)]
                + report.applied.map { ("migration", "\($0)  (applied)") }
                + report.pending.map { ("migration", "\($0)  (the daemon will apply it)") }
                + report.sharedAddresses.map { ("shared address", $0.joined(separator: ", ")) })
        for obstacle in report.obstacles { say(obstacle) }
        if !report.obstacles.isEmpty { throw ExitStatus.configuration }
    }

    private func showTable(_ rows: [(name: String, value: String)]) {
        let width = rows.map(\.name.count).max() ?? 0
        for row in rows {
            let name = row.name + String(repeating: " ", count: width - row.name.count)
            StandardStreams.writeLine(TerminalJSON.printable("\(name)  \(row.value)"), to: STDOUT_FILENO)
        }
    }
}
