internal import EmailTemplates
internal import Host
internal import MVPAuth

/// Makes messages for people of events.
struct MailComposer: Sendable {
    let from: Mailbox
    var replyTo: Mailbox?
    /// What the service is called; nil: as the event's app.
    var appName: String?
    var language = "en"
    var templates = MailTemplates()

    /// Why there is no message for an event.
    enum Refusal: Error {
        /// Nothing will ever change that.
        case never(String)
        /// The operator can.
        case now(String)
    }

    func message(for email: OutgoingEmail, now: Timestamp = SystemTime().now()) throws(Refusal) -> MailMessage {
        guard let address = MailAddress(email.address) else {
            throw .never("a message to this address cannot be written")
        }
        guard let template = templates.template(for: email.event, language: language) else {
            throw .now("there is no template for \(printable(String(email.event.prefix(60))))")
        }
        let remaining = (email.expiresAt.microseconds - now.microseconds) / 1_000_000
        var values: [TemplateText.Placeholder: String] = [
            .email: email.address, .app: appName ?? email.app ?? from.address.domain,
            .expiresIn: DurationWords.text(seconds: remaining, language: language),
        ]
        values[.link] = email.link?.reveal()
        do throws(TemplateText.Fault) {
            return MailMessage(
                id: email.id, from: from, replyTo: replyTo, to: address,
                subject: try template.subject.filled(with: values), text: try template.text.filled(with: values),
                html: try template.html?.filled(with: values), date: now)
        } catch {
            throw .now("the template of \(email.event) \(error.reason)")
        }
    }
}
