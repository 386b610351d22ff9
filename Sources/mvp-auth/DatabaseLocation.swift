internal import ArgumentParser
internal import AuthSettings
internal import Glibc
internal import SQLiteStore
internal import Host

/// Which SQLite database a command works on: the one that the daemon would be started with.
struct DatabaseLocation: ParsableArguments {
    @Option(name: .customLong("config"), help: "The daemon's file of NAME=value lines; the environment wins.")
    var configFile: String?

    @Option(name: .customLong("state-dir"), help: "Where the key and the database live. [MVP_AUTH_STATE_DIR]")
    var stateDirectory: String?

    /// Runs `body` with the settings and the path of the database. What goes wrong is a sentence and an exit code.
    func withDatabase(_ body: (DaemonSettings, String) throws -> Void) throws {
        do {
            let source = SettingSource(environment: ProcessEnvironment.current, configFile: configFile)
            let settings = try DaemonSettings(from: source, stateDir: stateDirectory)
            guard let path = settings.database.sqlitePath else {
                throw StartFailure(
                    "The accounts are not in SQLite; a backup is made with the tools of their database.")
            }
            try body(settings, path)
        } catch let error as SettingsError {
            for sentence in error.sentences { Self.say(sentence) }
            throw ExitStatus.configuration
        } catch let error as SQLiteStoreError {
            Self.say(error.description)
            throw ExitStatus.serviceError
        } catch let error as StartFailure {
            Self.say(error.sentence)
            throw ExitCode(error.status.rawValue)
        }
    }

    private static func say(_ sentence: String) {
        StandardStreams.writeLine(printable("mvp-auth: \(sentence)"), to: STDERR_FILENO)
    }
}
