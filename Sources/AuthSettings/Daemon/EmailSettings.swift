/// Where emails go.
package struct EmailSettings: Sendable {
    package enum Sink: String, CaseIterable, Sendable { case socket, log, none }

    private let chosen: Sink?
    package let linkBase: String
    package let isLimited: Bool

    init(reading value: SettingSource) {
        value.begin("Email")
        chosen = value(Self.sink)
        linkBase = value(Self.linkBase)
        isLimited = value(
            .flag(
                "AUTH_EMAIL_LIMITS",
                "Whether an address is sent one email of a kind in a minute at most, five in an hour, twenty in a day; false for tests.",
                default: true))
    }

    /// Whether somebody says who sends them.
    package var isSinkChosen: Bool { chosen != nil }

    /// Where nobody says otherwise they wait for who subscribes, and in development go to the terminal.
    package func sink(isDevelopment: Bool) -> Sink { chosen ?? (isDevelopment ? .log : .socket) }

    private static let sink = Setting<Sink?>(
        "AUTH_EMAIL_SINK",
        "Who sends the emails: whoever subscribes on the socket, an app or mvp-auth-mail (with --dev, the terminal), the terminal, or nobody.",
        allowed: "one of socket, log, none", default: nil
    ) { text in
        if text == "command" {
            throw SettingsError(
                "AUTH_EMAIL_SINK is \"command\", but the daemon runs no programs: run mvp-auth-mail --sink command with "
                    + "MVP_AUTH_MAIL_COMMAND, and set AUTH_EMAIL_SINK to socket here.")
        }
        return Sink(rawValue: text).map { .some($0) }
    }

    private static let linkBase = Setting<String>(
        "AUTH_LINK_BASE_URL",
        "What the links in emails begin with; in the apps file, `links` says it for the users of one app.",
        allowed: "an http or https URL",
        default: "http://127.0.0.1:8080"
    ) { text in text.utf8.starts(with: "http://".utf8) || text.utf8.starts(with: "https://".utf8) ? text : nil }
}
