internal import AuthAPI
internal import EmailTemplates
internal import MVPAuth

/// Every text of an email is escaped: what it says is not the page's.
extension MailboxPage {
    /// All that there are, the newest first.
    static func list(_ emails: [HandedOutEmail]) -> String {
        let rows = emails.map { email in
            """
            <li><a href="mailbox/\(email.id)"><b>\(escaped(EmailPreview(email).subject))</b>\
            <span>to \(escaped(email.email))</span>\(time(email.handedOutAt))</a></li>
            """
        }
        let list =
            rows.isEmpty
            ? "<p>Nothing yet. Register somebody, or ask for a new password.</p>"
            : "<ol class=\"emails\">\n\(rows.joined(separator: "\n"))\n</ol>"
        return filled(
            """
            <h1>Mailbox</h1>
            <p class="soft">The emails of this service, the newest first. \
            <a href="mailbox">Look again</a></p>
            \(list)
            """)
    }

    static func detail(_ email: HandedOutEmail) -> String {
        let preview = EmailPreview(email)
        var facts: [(String, String)] = [
            ("To", escaped(email.email)), ("About", escaped(email.event)),
            ("Handed out", time(email.handedOutAt) + (email.attempt > 1 ? ", attempt \(email.attempt)" : "")),
            ("Expires", time(email.expiresAt)),
        ]
        if let app = email.app { facts.insert(("App", escaped(app)), at: 2) }
        let link = email.link.map { link in
            let url = escaped(link.reveal())
            return "<p><a class=\"link\" href=\"\(url)\" target=\"_blank\" rel=\"noreferrer\">\(url)</a></p>"
        }
        // What the frame shows has a policy of its own, and may open the link in a tab.
        let frame = """
            <h2 id="html">As HTML</h2>
            <iframe title="The email as HTML" src="html/\(email.id)" \
            sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>

            """
        return filled(
            """
            <p><a href="../mailbox">Mailbox</a></p>
            <h1>\(escaped(preview.subject))</h1>
            <dl>\(facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }.joined())</dl>
            \(isWeb(email.link) ? link ?? "" : "")
            \(preview.html == nil ? "" : frame)<h2>As text</h2>
            <pre>\(escaped(preview.text))</pre>
            """)
    }

    /// The email alone, as HTML. Its links leave the frame that it is shown in.
    static func body(_ email: HandedOutEmail) -> String? {
        EmailPreview(email).html?
            .replacing("<head>", with: "<head>\n<base target=\"_blank\">", maxReplacements: 1)
    }

    /// The policy of an email alone: its own styles, and nothing that runs or loads.
    static let bodyPolicy = """
        default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; \
        sandbox allow-popups allow-popups-to-escape-sandbox
        """

    private static func filled(_ content: String) -> String {
        html.replacing("CONTENT", with: content, maxReplacements: 1)
    }

    /// Whether a link is one that a page may have: an operator's setting decides what it begins with.
    private static func isWeb(_ link: Secret?) -> Bool {
        guard let link else { return false }
        return ["https://", "http://"].contains { link.reveal().utf8.starts(with: $0.utf8) }
    }

    private static func escaped(_ text: String) -> String { HTMLText.escaped(text) }

    private static func time(_ time: Timestamp) -> String {
        let text = Timestamp(seconds: time.seconds).description
        let words = text.replacing("T", with: " ").replacing("Z", with: " UTC")
        return "<time datetime=\"\(text)\">\(words)</time>"
    }
}
