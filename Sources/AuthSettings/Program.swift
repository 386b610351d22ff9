/// The programs that have settings.
package enum Program: String, CaseIterable, Sendable {
    case daemon = "mvp-authd"
    case shim = "mvp-auth-http"
    case mailer = "mvp-auth-mail"

    /// What their settings begin with; other software uses the first of them too.
    static let prefixes = ["AUTH_", "MVP_AUTH_"]

    /// Variables of the build, which no program reads.
    private static let buildVariables = [
        "MVP_AUTH_WARNINGS_AS_ERRORS", "MVP_AUTH_FUZZ", "MVP_AUTH_BUILT", "MVP_AUTH_RELEASE_TESTS",
        "MVP_AUTH_TEST_ROOT",
    ]

    /// Whether a variable of the environment looks like a setting of ours.
    static func mayOwn(_ name: String) -> Bool {
        let name = name.uppercased()
        return prefixes.contains { name.utf8.starts(with: $0.utf8) } && !buildVariables.contains(name)
    }

    /// Another program that has a setting of that name, where this one has none.
    func owner(of name: String) -> Program? {
        Self.allCases.first { $0 != self && $0.owns(name) }
    }

    private func owns(_ name: String) -> Bool {
        switch self {
        case .daemon: DaemonSettings.names.contains(name)
        case .shim: name.utf8.starts(with: "MVP_AUTH_HTTP_".utf8) || Self.ofClients.contains(name)
        case .mailer: name.utf8.starts(with: "MVP_AUTH_MAIL_".utf8)
        }
    }

    /// How a client finds the daemon, and whom it takes for it.
    private static let ofClients = ["MVP_AUTH_SOCKET", "MVP_AUTH_DAEMON_USER"]
}
