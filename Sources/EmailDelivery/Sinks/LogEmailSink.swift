package import MVPAuth

/// Prints link and token to the terminal: for development, where nobody else reads it.
package struct LogEmailSink: EmailSink {
    private let linkBase: String
    private let print: @Sendable (String) -> Void

    /// - Parameter print: puts a text on the terminal, in one piece, and does not wait.
    package init(linkBase: String, print: @escaping @Sendable (String) -> Void) {
        self.linkBase = linkBase
        self.print = print
    }

    package func deliver(_ event: EmailEvent) async throws {
        let page =
            switch event.kind {
            case .verification: "verify-email"
            case .passwordReset: "reset-password"
            }
        let token = event.token.reveal()
        print(
            "\(event.kind.rawValue) for \(event.email)\n  link:  \(linkBase)/\(page)?token=\(token)\n  token: \(token)"
        )
    }
}
