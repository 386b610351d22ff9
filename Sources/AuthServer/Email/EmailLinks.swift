package import MVPAuth

/// Where the person is to go whom a message is for.
package struct EmailLinks: Sendable {
    /// What links begin with, without a slash at the end.
    private let base: String
    /// The same for the users of one app.
    private let apps: [String: String]

    package init(base: String, apps: [String: String] = [:]) {
        self.base = base
        self.apps = apps
    }

    /// Nil for a notice.
    package func link(for event: EmailEvent) -> Secret? {
        guard let token = event.token else { return nil }
        let page = event.kind == .passwordReset ? "reset-password" : "verify-email"
        let base = event.app.flatMap { apps[$0] } ?? base
        return Secret("\(base)/\(page)?token=\(token.reveal())")
    }
}
