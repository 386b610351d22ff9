internal import Glibc
package import MVPAuth

/// Prints link and token to the terminal: for development, where nobody else reads it.
package struct LogEmailSink: EmailSink {
    private let linkBase: String
    private let print: @Sendable (String) -> Void

    package init(linkBase: String, print: @escaping @Sendable (String) -> Void = LogEmailSink.toStandardOutput) {
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
            "\(event.kind.rawValue) for \(event.email)\n  link:  \(linkBase)/\(page)?token=\(token)\n  token: \(token)\n"
        )
    }

    /// One write, so that messages do not interleave.
    package static let toStandardOutput: @Sendable (String) -> Void = { text in
        var text = text
        text.withUTF8 { bytes in _ = write(STDOUT_FILENO, bytes.baseAddress, bytes.count) }
    }
}
