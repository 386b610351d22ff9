package import AuthSettings
internal import MVPAuth

extension MailSettings {
    /// The sink that is set, with everything that it needs.
    ///
    /// - Parameters:
    ///   - program: the name and version that a web server sees.
    ///   - path: the `PATH` of programs.
    /// - Throws: what is missing, a sentence each.
    package func makeSink(program: String, path: String) throws(SettingsError) -> any DeliverySink {
        switch sink {
        case nil:
            throw SettingsError(
                "MVP_AUTH_MAIL_SINK says how emails are sent and must be set: "
                    + "\(Sink.allCases.map(\.rawValue).joined(separator: ", ")).")
        case .smtp:
            let composer = try message.composer(for: .smtp)
            return SMTPSink(try smtp.server(), composer: composer, connections: atOnce)
        case .webhook:
            return try webhook.sink(
                authorities: smtp.authorities, times: smtp.times, connections: atOnce, program: program)
        case .sendmail:
            let composer = try message.composer(for: .sendmail)
            return SendmailSink(
                ChildProgram(command: programs.sendmail, path: path, deadline: programs.deadline), composer: composer)
        case .command:
            guard !programs.command.isEmpty else {
                throw SettingsError("MVP_AUTH_MAIL_SINK is \"command\", so MVP_AUTH_MAIL_COMMAND must name a program.")
            }
            return CommandSink(ChildProgram(command: programs.command, path: path, deadline: programs.deadline))
        }
    }
}
