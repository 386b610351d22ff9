internal import AuthSettings
internal import EmailTemplates
internal import Host

/// The templates in force: an operator's, and the built-in ones where he wrote none.
///
/// In his directory a template is `EVENT.subject`, `EVENT.txt` and `EVENT.html`, or with a language
/// `EVENT.de.subject` and so on. Each part that is missing is looked for without the language, then built in; where he
/// wrote a text and no HTML the message has no HTML.
struct MailTemplates: Sendable {
    private struct Name: Hashable {
        let event: String
        /// Empty: of every language.
        let language: String
        let part: Part
    }

    private enum Part: String, CaseIterable {
        case subject
        case text = "txt"
        case html

        var format: TemplateText.Format {
            switch self {
            case .subject: .subject
            case .text: .text
            case .html: .html
            }
        }
    }

    private var written: [Name: TemplateText] = [:]

    /// The built-in ones.
    init() {}

    /// - Throws: a sentence for each file that is no template.
    init(directory: String) throws(SettingsError) {
        var faults: [String] = []
        for file in try DirectoryListing.files(in: directory, called: "The directory of templates") {
            do throws(SettingsError) {
                let (name, template) = try Self.read(file, in: directory)
                written[name] = template
            } catch {
                faults += error.sentences
            }
        }
        for name in written.keys.sorted(by: { $0.event < $1.event }) where name.part == .html {
            let text = Name(event: name.event, language: name.language, part: .text)
            guard written[text] == nil else { continue }
            let language = name.language.isEmpty ? "" : "." + name.language
            faults.append(
                "\(printable(directory)) has \(name.event)\(language).html and no \(name.event)\(language).txt; "
                    + "a message needs a text too.")
        }
        guard faults.isEmpty else { throw SettingsError(faults) }
    }

    /// Nil when there are no words for the event.
    func template(for event: String, language: String) -> MessageTemplate? {
        func find(_ part: Part, _ language: String) -> TemplateText? {
            written[Name(event: event, language: language, part: part)]
        }
        guard let standard = BuiltInTemplates.template(for: event) else { return nil }
        let subject = find(.subject, language) ?? find(.subject, "") ?? standard.subject
        for language in [language, ""] {
            guard let text = find(.text, language) else { continue }
            return MessageTemplate(subject: subject, text: text, html: find(.html, language))
        }
        return MessageTemplate(subject: subject, text: standard.text, html: standard.html)
    }

    private static func read(_ file: String, in directory: String) throws(SettingsError) -> (Name, TemplateText) {
        let path = directory + "/" + file
        let words = file.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard (2...3).contains(words.count), let part = Part(rawValue: words[words.count - 1]) else {
            throw SettingsError(
                "\(printable(path)) is no template: those are EVENT.subject, EVENT.txt and EVENT.html, "
                    + "with a language EVENT.de.txt for instance.")
        }
        guard BuiltInTemplates.events.contains(where: { $0.utf8.elementsEqual(words[0].utf8) }) else {
            throw SettingsError(
                "\(printable(path)) is a template of no event; there are \(BuiltInTemplates.events.joined(separator: ", "))."
            )
        }
        let bytes = try TrustedFile.read(path, called: "The template")
        guard let source = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw SettingsError("\(printable(path)) is not UTF-8 text.")
        }
        do throws(TemplateText.Fault) {
            let template = try TemplateText(source, part.format)
            return (Name(event: words[0], language: words.count == 3 ? words[1] : "", part: part), template)
        } catch {
            throw SettingsError("\(printable(path)) \(error.reason).")
        }
    }
}
