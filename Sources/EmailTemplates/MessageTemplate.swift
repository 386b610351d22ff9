/// What people get to read of one event, in one language.
struct MessageTemplate: Sendable {
    let subject: TemplateText
    let text: TemplateText
    let html: TemplateText?
}
