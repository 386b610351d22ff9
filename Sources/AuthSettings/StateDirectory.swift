/// Where the daemon's state lives.
package enum StateDirectory {
    /// The flag, `MVP_AUTH_STATE_DIR`, `$STATE_DIRECTORY`, `$XDG_STATE_HOME/mvp-auth`, `/var/lib/mvp-auth`.
    ///
    /// systemd may give several directories, separated by colons; the first is ours.
    package static func find(flag: String?, environment: [String: String]) -> String {
        func value(_ name: String) -> String? { environment[name]?.split(separator: ":").first.map(String.init) }
        return flag ?? value("MVP_AUTH_STATE_DIR") ?? value("STATE_DIRECTORY")
            ?? value("XDG_STATE_HOME").map { $0 + "/mvp-auth" } ?? "/var/lib/mvp-auth"
    }
}
