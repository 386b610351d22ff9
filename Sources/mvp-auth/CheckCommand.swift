internal import ArgumentParser
internal import AuthLogging
internal import AuthSettings
internal import Glibc
internal import StrictJSON

/// What the daemon would be started with.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Prints the daemon's effective settings, secrets hidden.",
        discussion:
            "Reads the environment and --config as mvp-authd does. A wrong value is named, with what is allowed.")

    @Option(name: .customLong("config"), help: "A file of NAME=value lines; the environment wins.")
    var configFile: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        do {
            let source = try await SettingSource(environment: ProcessEnvironment.current, configFile: configFile)
            _ = try DaemonSettings(from: source)
            if output.json {
                output.show(
                    .array(
                        source.effective.map {
                            ["name": .string($0.name), "value": .string($0.shown), "from": .string($0.origin)]
                        }))
            } else {
                let width = source.effective.map(\.name.count).max() ?? 0
                for setting in source.effective {
                    let name = setting.name + String(repeating: " ", count: width - setting.name.count)
                    StandardStreams.writeLine("\(name)  \(setting.shown)  (\(setting.origin))", to: STDOUT_FILENO)
                }
            }
        } catch {
            StandardStreams.writeLine("mvp-auth: \(error.description)", to: STDERR_FILENO)
            throw ExitStatus.configuration
        }
    }
}
