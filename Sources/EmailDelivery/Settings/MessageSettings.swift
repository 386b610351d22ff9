internal import AuthSettings
internal import Host

/// What messages look like, for the sinks that write them.
struct MessageSettings: Sendable {
    private let from: Mailbox?
    private let replyTo: Mailbox?
    private let appName: String?
    private let language: String
    private let templates: String?

    init(reading value: SettingSource, _ option: (String) -> String?) {
        value.begin("Messages")
        from = value(
            Self.mailbox("MVP_AUTH_MAIL_FROM", flag: "from", "Whom messages are from; smtp and sendmail need it."),
            option("from"))
        replyTo = value(Self.mailbox("MVP_AUTH_MAIL_REPLY_TO", flag: nil, "Where answers go."))
        appName = value(
            .text(
                "MVP_AUTH_MAIL_APP_NAME",
                "What {{app}} is in templates; else the event's app, else the sender's domain."))
        language = value(
            Setting(
                "MVP_AUTH_MAIL_LANGUAGE", "The language whose templates are taken.", allowed: "of the form de or pt-BR",
                default: "en"
            ) { text in Self.isLanguage(text) ? text : nil })
        templates = value(
            .text(
                "MVP_AUTH_MAIL_TEMPLATES",
                "A directory of templates: EVENT.subject, EVENT.txt, EVENT.html, with a language EVENT.de.txt and so on."
            ))
    }

    func composer(for sink: MailSettings.Sink) throws(SettingsError) -> MailComposer {
        guard let from else {
            throw SettingsError(
                "MVP_AUTH_MAIL_SINK is \"\(sink.rawValue)\", so MVP_AUTH_MAIL_FROM must say whom messages are from.")
        }
        var composer = MailComposer(from: from, replyTo: replyTo, appName: appName, language: language)
        if let templates { composer.templates = try MailTemplates(directory: templates) }
        return composer
    }

    private static func mailbox(_ name: String, flag: String?, _ summary: String) -> Setting<Mailbox?> {
        Setting<Mailbox?>(
            name, flag: flag, summary, allowed: "an address, or a name and the address in angle brackets", default: nil
        ) { text in
            guard let mailbox = Mailbox(text) else { return nil }
            return mailbox.address.needsUTF8 ? nil : .some(mailbox)
        }
    }

    private static func isLanguage(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return (2...3).contains(parts[0].count)
            && parts.allSatisfy { part in
                (2...8).contains(part.count)
                    && part.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) }
            }
    }
}
