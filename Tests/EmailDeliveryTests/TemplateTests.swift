import AuthSettings
import Foundation
import Testing

@testable import EmailDelivery
@testable import EmailTemplates

@Suite("Templates")
struct TemplateTests {
    private let hostile: [TemplateText.Placeholder: String] = [
        .link: "https://shop.example/?a=\"><script>&b='", .email: "\"><script>alert(1)</script>@x.example",
        .app: "A\r\n<b> & 'B'", .expiresIn: "1 hour",
    ]

    @Test(
        "what is put into HTML is written for its place",
        arguments: [
            ("<p>{{email}}</p>", "<p>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;@x.example</p>"),
            ("<p title=\"{{app}}\">", "<p title=\"A??&lt;b&gt; &amp; &#39;B&#39;\">"),
            ("<p title='{{app}}'>", "<p title='A??&lt;b&gt; &amp; &#39;B&#39;'>"),
            ("<a href=\"{{link}}\">", "<a href=\"https://shop.example/?a=&quot;&gt;&lt;script&gt;&amp;b=&#39;\">"),
            (
                "<a href = \"https://x.example/?e={{email}}\">",
                "<a href = \"https://x.example/?e=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%40x.example\">"
            ),
            (
                "<A HREF='mailto:{{ email }}'>",
                "<A HREF='mailto:%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%40x.example'>"
            ),
            ("a < b {{expires_in}}", "a < b 1 hour"),
            ("<!-- x --><br/>{{expires_in}}", "<!-- x --><br/>1 hour"),
            ("<style>p { color: red }</style>{{expires_in}}", "<style>p { color: red }</style>1 hour"),
            ("<input disabled value=\"{{expires_in}}\">", "<input disabled value=\"1 hour\">"),
        ])
    func html(source: String, result: String) throws {
        #expect(try TemplateText(source, .html).filled(with: hostile) == result)
    }

    @Test(
        "a place where nothing can be written safely is refused when the program starts",
        arguments: [
            "<p title={{app}}>", "<script>x = '{{app}}'</script>", "<style>{{app}}</style>", "<!-- {{app}} -->",
            "<a href={{link}}>", "<a href=\"{{email}}\">", "<p onclick=\"go('{{app}}')\">", "<p style=\"{{app}}\">",
            "<{{app}}>", "<p {{app}}>", "<p {{app}}=\"x\">", "<a href=\" {{app}}\">", "<SCRIPT>{{app}}</SCRIPT>",
            "<img srcset=\"{{link}}\">", "<script></style>{{app}}", "<a href= {{link}}>",
        ])
    func refusedPlaces(source: String) {
        #expect(throws: TemplateText.Fault.self) { try TemplateText(source, .html) }
    }

    @Test(
        "what is no placeholder is refused", arguments: ["{{token}}", "{{link", "{{ }}", "{{LINK}}", "{{{link}}}"])
    func refusedPlaceholders(source: String) {
        for format in [TemplateText.Format.subject, .text, .html] {
            #expect(throws: TemplateText.Fault.self) { try TemplateText(source, format) }
        }
    }

    @Test("a subject is one line, whatever is put into it and however it is written")
    func subject() throws {
        let subject = try TemplateText("\n Hello\r\nBcc: x {{app}} \n", .subject)
        #expect(try subject.filled(with: hostile) == "Hello  Bcc: x A  <b> & 'B'")
    }

    @Test("a link that is no web address, or missing, is never written")
    func links() throws {
        let template = try TemplateText("<a href=\"{{link}}\">", .html)
        for link in ["javascript:alert(1)", " https://x.example", "data:text/html,x", ""] {
            #expect(throws: TemplateText.Fault.self) { try template.filled(with: [.link: link]) }
        }
        #expect(throws: TemplateText.Fault.self) { try template.filled(with: [:]) }
    }

    @Test("an operator's templates are taken by event, part and language")
    func directory() throws {
        let directory = try Scratch()
        try directory.file("verification_email.subject", "Plain {{app}}\n")
        try directory.file("verification_email.txt", "plain {{link}}")
        try directory.file("verification_email.de.subject", "Deutsch {{app}}\n")
        try directory.file("verification_email.de.txt", "deutsch {{link}} {{expires_in}}")
        try directory.file("verification_email.de.html", "<p>deutsch <a href=\"{{link}}\">x</a></p>")
        try directory.file("password_reset_email.subject", "Only the subject")
        try directory.file("README~", "not a template")
        var composer = MailComposer(from: try #require(Mailbox("a@shop.example")), appName: "Laden", language: "de")
        composer.templates = try MailTemplates(directory: directory.path)
        let german = try composer.message(for: email())
        #expect(german.subject == "Deutsch Laden" && german.text.hasSuffix(" 24 Stunden"))
        #expect(german.html?.hasPrefix("<p>deutsch") == true)
        composer.language = "fr"
        let plain = try composer.message(for: email())
        #expect(plain.subject == "Plain Laden" && plain.text.hasPrefix("plain https://") && plain.html == nil)
        let reset = try composer.message(for: email(event: "password_reset_email"))
        #expect(reset.subject == "Only the subject" && reset.html?.contains("Choose a new password") == true)
    }

    @Test(
        "a file that is no template ends the start with a sentence that names it",
        arguments: [
            ("welcome.txt", "hello"), ("verification_email.md", "x"), ("verification_email", "x"),
            ("verification_email.txt", "{{nothing}}"), ("verification_email.html", "<p>{{app}}</p>"),
            ("verification_email.a.b.txt", "x"), ("verification_email.txt", "\u{0}"),
        ])
    func faults(name: String, text: String) throws {
        let directory = try Scratch()
        try directory.file(name, text)
        let error = #expect(throws: SettingsError.self) { try MailTemplates(directory: directory.path) }
        #expect(error?.description.contains(name) == true, "\(String(describing: error))")
    }

    @Test("a template that others may write is not read")
    func writable() throws {
        let directory = try Scratch()
        try directory.file("verification_email.txt", "x", mode: 0o666)
        #expect(throws: SettingsError.self) { try MailTemplates(directory: directory.path) }
        #expect(throws: SettingsError.self) { try MailTemplates(directory: directory.path + "/none") }
    }
}
