internal import AuthAPI
internal import EmailTemplates
internal import MVPAuth

/// An email as its reader would see it, in the words that are built in.
struct EmailPreview {
    let subject: String
    let text: String
    let html: String?

    init(_ email: HandedOutEmail) {
        let subject = "\(email.event) to \(email.email)"
        guard let template = BuiltInTemplates.template(for: email.event) else {
            self.init(subject: subject, text: "There are no words for \(email.event).", html: nil)
            return
        }
        let remaining = email.expiresAt.seconds - email.handedOutAt.seconds
        var values: [TemplateText.Placeholder: String] = [
            .email: email.email, .app: email.app ?? Software.mvpAuth.name,
            .expiresIn: DurationWords.text(seconds: remaining, language: "en"),
        ]
        values[.link] = email.link?.reveal()
        do throws(TemplateText.Fault) {
            self.init(
                subject: try template.subject.filled(with: values), text: try template.text.filled(with: values),
                html: try template.html?.filled(with: values))
        } catch {
            self.init(subject: subject, text: "The template of \(email.event) \(error.reason).", html: nil)
        }
    }

    private init(subject: String, text: String, html: String?) {
        self.subject = subject
        self.text = text
        self.html = html
    }
}
