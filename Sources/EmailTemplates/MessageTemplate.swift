/// What people get to read of one event, in one language.
package struct MessageTemplate: Sendable {
    package let subject: TemplateText
    package let text: TemplateText
    package let html: TemplateText?

    package init(subject: TemplateText, text: TemplateText, html: TemplateText?) {
        self.subject = subject
        self.text = text
        self.html = html
    }
}
