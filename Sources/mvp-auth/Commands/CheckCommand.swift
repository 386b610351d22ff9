internal import ArgumentParser
internal import AuthAPI
internal import AuthSettings
internal import Glibc
internal import InternationalDomains
internal import MVPAuth
internal import MVPAuthClient
internal import PostgresStore
internal import Preflight
internal import Host
internal import StrictJSON

/// What the daemon would be started with.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Prints the daemon's effective settings, secrets hidden, and all that is wrong.",
        discussion:
            "Reads the environment and --config as mvp-authd does, and judges the key, the directories, the groups and the "
            + "programs as its start would. With --database it reads the PostgreSQL database too and says what the daemon "
            + "would change there; with --running it compares with the daemon that runs.")

    @Option(name: .customLong("config"), help: "A file of NAME=value lines; the environment wins.")
    var configFile: String?

    @Flag(help: "As for a daemon with --dev.")
    var dev = false

    @Flag(help: "Reads the database: its server, its migrations, addresses that several accounts share.")
    var database = false

    @Flag(help: "Compares with the daemon that runs; 1 says that it differs.")
    var running = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let source = SettingSource(environment: ProcessEnvironment.current, configFile: configFile)
        let settings = DaemonSettings(reading: source)
        let preflight = Preflight(settings, from: source, isDevelopment: dev)
        source.note(preflight.faults)
        do {
            let isWrong = (try? source.finish()) == nil
            let warnings = source.warnings + preflight.warnings + (database || running ? [] : preflight.missing)
            if !isWrong { for warning in warnings { say("warning: \(warning)") } }
            if database {
                if isWrong { throw SettingsError(source.faults) }
                try showDatabase(of: settings)
            } else if running {
                if isWrong { throw SettingsError(source.faults) }
                try await compare(settings)
            } else {
                show(source.effective, faults: source.faults)
                if isWrong { throw SettingsError(source.faults) }
            }
        } catch let error as SettingsError {
            for sentence in error.sentences { say(sentence) }
            throw ExitStatus.configuration
        } catch let error as PostgresStoreError {
            say(error.description)
            throw ExitStatus.unreachable
        }
    }

    private func say(_ sentence: String) {
        StandardStreams.writeLine(printable("mvp-auth: \(sentence)"), to: STDERR_FILENO)
    }

    /// With `--json` what is wrong is told too: as `error` of the setting, or in an element of its own.
    private func show(_ settings: [SettingSource.Effective], faults: [String]) {
        guard !output.json else {
            let own = Set(settings.compactMap(\.fault))
            let rest = faults.filter { !own.contains($0) }
            return output.show(.array(settings.map(Self.json) + rest.map { ["error": .string($0)] }))
        }
        showTable(settings.map { ($0.name, "\($0.used ?? $0.shown)  (\($0.fault == nil ? $0.origin : "wrong"))") })
    }

    private func compare(_ settings: DaemonSettings) async throws {
        let info = try await connection.withClient(showing: output) { client throws(AuthClientError) in
            try await client.call(Info())
        }
        let (here, there) = (settings.policyDescription.members, info.policy.members)
        let rows = zip(here, there).map { (name: $0.name, here: $0.value, there: $1.value) }
        let isSame = rows.allSatisfy { $0.here == $0.there }
        if output.json {
            output.show(
                .array(
                    rows.map { ["name": .string($0.name), "value": .string($0.here), "running": .string($0.there)] }))
        } else {
            showTable(
                rows.map {
                    ($0.name, $0.here == $0.there ? $0.here : "\($0.here), but \($0.there) in the daemon that runs")
                })
        }
        if !isSame { throw ExitStatus.serviceError }
    }

    private static func json(_ setting: SettingSource.Effective) -> JSON {
        var object: JSON = [
            "name": .string(setting.name), "summary": .string(setting.summary), "allowed": .string(setting.allowed),
            "value": .string(setting.used ?? setting.shown), "written": .string(setting.shown),
            "from": .string(setting.origin),
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
            StandardStreams.writeLine(printable("\(name)  \(row.value)"), to: STDOUT_FILENO)
        }
    }
}
