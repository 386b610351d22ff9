internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host

/// `mvp-auth`: the operator's hand.
@main
struct MVPAuthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mvp-auth",
        abstract: "Talks to mvp-authd.",
        discussion: """
            Exit codes: 0 done; 1 the service answered with an error, or a file cannot be used; 64 wrong usage; 69 the daemon cannot be reached; \
            75 the deadline has passed; 78 a setting is wrong.

            Completions: mvp-auth --generate-completion-script bash|zsh|fish
            """,
        version: Software.mvpAuth.version,
        subcommands: [
            UsersCommand.self, SessionsCommand.self, AppsCommand.self, MessagesCommand.self, CallCommand.self,
            PingCommand.self, CheckCommand.self, SchemaCommand.self, BackupCommand.self, RestoreCommand.self,
            PasswordsCommand.self, MetricsCommand.self, TopCommand.self, AuditCommand.self,
        ])

    static func main() async {
        ProcessProtection.forbidCores()
        do {
            var command = try parseAsRoot()
            do {
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            } catch let error as ValidationError {
                // The library would show how to use the whole program.
                end(with: EX_USAGE, saying: "Error: \(error)")
            } catch let failure as StartFailure {
                end(with: failure.status.rawValue, saying: printable("mvp-auth: \(failure.sentence)"))
            }
        } catch {
            exit(withError: error)
        }
    }

    private static func end(with status: Int32, saying sentence: String) -> Never {
        StandardStreams.writeLine(sentence, to: STDERR_FILENO)
        Glibc.exit(status)
    }
}

/// How a command ends when it has not done its work (sysexits.h).
enum ExitStatus {
    static let serviceError = ExitCode(1)
    static let unreachable = ExitCode(EX_UNAVAILABLE)
    static let deadline = ExitCode(EX_TEMPFAIL)
    static let configuration = ExitCode(EX_CONFIG)
}
