/// Where the sockets are: the daemon and its clients search alike.
package enum SocketPath {
    /// `MVP_AUTH_RUNTIME_DIR`, `$RUNTIME_DIRECTORY`, `$XDG_RUNTIME_DIR/mvp-auth`, `/run/mvp-auth`.
    ///
    /// systemd may give several directories, separated by colons; the first is ours.
    package static func directory(_ variable: (String) -> String?) -> String {
        func value(_ name: String) -> String? { variable(name)?.split(separator: ":").first.map(String.init) }
        return value("MVP_AUTH_RUNTIME_DIR") ?? value("RUNTIME_DIRECTORY")
            ?? value("XDG_RUNTIME_DIR").map { $0 + "/mvp-auth" } ?? "/run/mvp-auth"
    }

    /// The applications' socket: `MVP_AUTH_SOCKET`, else in the directory.
    package static func applications(_ variable: (String) -> String?) -> String {
        if let url = variable("MVP_AUTH_SOCKET"), !url.isEmpty { return path(of: url) }
        return directory(variable) + "/mvp-auth.sock"
    }

    /// The path of `unix:///path`; a plain path is taken as it is.
    package static func path(of url: String) -> String {
        let scheme = "unix://"
        return url.utf8.starts(with: scheme.utf8) ? String(url.dropFirst(scheme.count)) : url
    }
}
