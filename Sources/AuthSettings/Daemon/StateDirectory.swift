/// Where the daemon's state lives.
package enum StateDirectory {
    /// Where nobody says `MVP_AUTH_STATE_DIR`: `$STATE_DIRECTORY`, `$XDG_STATE_HOME/mvp-auth`, `/var/lib/mvp-auth`.
    ///
    /// systemd may give several directories, separated by colons; the first is ours.
    static func standard(_ variable: (String) -> String?) -> String {
        func value(_ name: String) -> String? { variable(name)?.split(separator: ":").first.map(String.init) }
        return value("STATE_DIRECTORY") ?? value("XDG_STATE_HOME").map { $0 + "/mvp-auth" } ?? "/var/lib/mvp-auth"
    }
}
