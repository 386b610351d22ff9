internal import AuthSettings

/// Programs that emails are given to.
struct ProgramSettings: Sendable {
    let sendmail: [String]
    /// Empty: none.
    let command: [String]
    let deadline: Duration

    init(reading value: SettingSource) {
        value.begin("Programs")
        sendmail = value(
            Setting(
                "MVP_AUTH_MAIL_SENDMAIL", "What takes messages on its standard input, and its arguments.",
                allowed: "a program and arguments, separated by spaces", default: ["/usr/sbin/sendmail", "-i", "-t"],
                shown: "/usr/sbin/sendmail -i -t"
            ) { text in Self.words(text).isEmpty ? nil : Self.words(text) })
        command = value(
            Setting(
                "MVP_AUTH_MAIL_COMMAND",
                "What takes an event, a line of JSON on its standard input, and its arguments.",
                allowed: "a program and arguments, separated by spaces", default: [], shown: "(not set)"
            ) { text in Self.words(text).isEmpty ? nil : Self.words(text) })
        deadline = .seconds(
            value(
                .integer(
                    "MVP_AUTH_MAIL_PROGRAM_SECONDS", "How long a program may take; then its process group is ended.",
                    1...300, default: 30)))
    }

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
}
