package import MVPAuth

/// Prints link and token to the terminal: for development, where nobody else reads it.
package struct LogEmailSink: EmailSink {
    private let link: @Sendable (EmailEvent) -> Secret?
    private let print: @Sendable (String) -> Void

    /// - Parameters:
    ///   - links: where the person is to go; nil for a notice.
    ///   - print: puts a text on the terminal, in one piece, and does not wait.
    package init(
        links link: @escaping @Sendable (EmailEvent) -> Secret?, print: @escaping @Sendable (String) -> Void
    ) {
        self.link = link
        self.print = print
    }

    package func deliver(_ event: EmailEvent) async throws {
        var lines = ["\(event.kind.rawValue) for \(event.email)"]
        if let link = link(event) { lines.append("  link:  \(link.reveal())") }
        if let token = event.token { lines.append("  token: \(token.reveal())") }
        print(lines.joined(separator: "\n"))
    }
}
