internal import AuthSettings
internal import MVPAuth

/// The web server that events are posted to.
struct WebhookSettings: Sendable {
    private let url: WebhookURL?
    private let secret: WebhookSignature.Key?
    private let previous: WebhookSignature.Key?

    init(reading value: SettingSource) {
        value.begin("Webhook")
        url = value(
            Setting<WebhookURL?>(
                "MVP_AUTH_MAIL_WEBHOOK_URL", "Where events are posted.",
                allowed: "an https URL, or an http URL of this host", isAddress: true, default: nil
            ) { text in WebhookURL(text).map { .some($0) } })
        secret = value(Self.key("MVP_AUTH_MAIL_WEBHOOK_SECRET", "What posts are signed with."))
        previous = value(
            Self.key(
                "MVP_AUTH_MAIL_WEBHOOK_SECRET_PREVIOUS", "A second one that posts are signed with, while it is changed."
            ))
    }

    func sink(
        authorities: String?, times: Transfer.Times, connections: Int, program: String
    ) throws(SettingsError) -> WebhookSink {
        var faults: [String] = []
        if url == nil {
            faults.append("MVP_AUTH_MAIL_SINK is \"webhook\", so MVP_AUTH_MAIL_WEBHOOK_URL must be set.")
        }
        if secret == nil {
            faults.append(
                "MVP_AUTH_MAIL_SINK is \"webhook\", so MVP_AUTH_MAIL_WEBHOOK_SECRET must be set: "
                    + "whsec_ and the output of openssl rand -base64 32.")
        }
        guard let url, let secret, faults.isEmpty else { throw SettingsError(faults) }
        return WebhookSink(
            url, signature: WebhookSignature(keys: [secret] + (previous.map { [$0] } ?? [])), authorities: authorities,
            times: times, connections: connections, program: program)
    }

    private static func key(_ name: String, _ summary: String) -> Setting<WebhookSignature.Key?> {
        Setting<WebhookSignature.Key?>(
            name, summary, allowed: "whsec_ and base64 of 24 to 64 bytes", isSecret: true, default: nil
        ) { text in WebhookSignature.Key(Secret(text)).map { .some($0) } }
    }
}
