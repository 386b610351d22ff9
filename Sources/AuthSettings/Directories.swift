/// Where sockets and state live: by flag, else by the environment that systemd or the desktop gives.
package enum Directories {
    /// `MVP_AUTH_RUNTIME_DIR`, `$RUNTIME_DIRECTORY`, `$XDG_RUNTIME_DIR/mvp-auth`, `/run/mvp-auth`.
    package static func runtime(flag: String?, environment: [String: String]) -> String {
        flag ?? value("MVP_AUTH_RUNTIME_DIR", environment) ?? value("RUNTIME_DIRECTORY", environment)
            ?? value("XDG_RUNTIME_DIR", environment).map { $0 + "/mvp-auth" } ?? "/run/mvp-auth"
    }

    /// `MVP_AUTH_STATE_DIR`, `$STATE_DIRECTORY`, `$XDG_STATE_HOME/mvp-auth`, `/var/lib/mvp-auth`.
    package static func state(flag: String?, environment: [String: String]) -> String {
        flag ?? value("MVP_AUTH_STATE_DIR", environment) ?? value("STATE_DIRECTORY", environment)
            ?? value("XDG_STATE_HOME", environment).map { $0 + "/mvp-auth" } ?? "/var/lib/mvp-auth"
    }

    /// systemd may give several directories, separated by colons; the first is ours.
    private static func value(_ name: String, _ environment: [String: String]) -> String? {
        guard let text = environment[name]?.split(separator: ":").first else { return nil }
        return String(text)
    }
}
