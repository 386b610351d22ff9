internal import AuthAPI
package import AuthSettings
internal import Glibc
internal import Host
internal import MVPAuth

/// Everything that an operator can set on `mvp-auth-mail`. This is the one list: a setting has a line in one of the
/// parts, with its variable and its flag.
package struct MailSettings: Sendable {
    package enum Sink: String, CaseIterable, Sendable { case smtp, webhook, sendmail, command }

    let sink: Sink?
    let message: MessageSettings
    let smtp: SMTPSettings
    let webhook: WebhookSettings
    let programs: ProgramSettings
    /// How many deliveries there may be at the same time.
    let atOnce: Int
    /// Where the daemon's socket may be.
    package let sockets: [String]
    /// The uid that the daemon runs as, where it is checked.
    package let daemonUser: UInt32?

    /// - Parameter option: what the command line says for a flag.
    /// - Throws: everything that is wrong.
    package init(from value: SettingSource, option: (String) -> String? = { _ in nil }) throws(SettingsError) {
        value.begin("Sending")
        sink = value(
            Setting<Sink?>(
                "MVP_AUTH_MAIL_SINK", flag: "sink", "How emails are sent. There is no default.",
                allowed: "one of \(Sink.allCases.map(\.rawValue).joined(separator: ", "))", default: nil
            ) { text in Sink(rawValue: text).map { .some($0) } }, option("sink"))
        atOnce = Int(
            value(
                .integer(
                    "MVP_AUTH_MAIL_AT_ONCE", "How many emails are on their way at the same time; programs: at most 4.",
                    1...100, default: 4)))
        message = MessageSettings(reading: value, option)
        smtp = SMTPSettings(reading: value)
        webhook = WebhookSettings(reading: value)
        programs = ProgramSettings(reading: value)
        value.begin("The daemon")
        let directory = value(
            .text("MVP_AUTH_RUNTIME_DIR", "Where the daemon's socket is looked for, when it is not named."))
        let named = value(
            .text("MVP_AUTH_SOCKET", flag: "socket", "The daemon's socket, unix:///path."), option("socket"))
        sockets = SocketPath.candidates { name in
            switch name {
            case "MVP_AUTH_SOCKET": named
            case "MVP_AUTH_RUNTIME_DIR": directory
            default: value.variable(name)
            }
        }
        daemonUser = value(
            Setting<UInt32?>(
                "MVP_AUTH_DAEMON_USER", flag: "daemon-user",
                "Who the daemon runs as; a socket that somebody else serves is not used.",
                allowed: "the name or the number of a user of this host", default: nil
            ) { text in (UInt32(text) ?? HostAccounts.uid(of: text)).map { .some($0) } }, option("daemon-user"))
        try value.finish()
    }

    /// Every setting with its default, on a machine that says nothing.
    package static var defaults: SettingSource {
        let source = SettingSource(for: .mailer, environment: [:], configFile: nil)
        _ = try? MailSettings(from: source)
        return source
    }
}
