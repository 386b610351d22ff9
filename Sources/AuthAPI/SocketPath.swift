#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Where the sockets are.
package enum SocketPath {
    private static let name = "/mvp-auth.sock"
    private static let ofOperators = "/admin.sock"
    private static let ofPackage = "/run/mvp-auth"

    /// Where the daemon puts them: `MVP_AUTH_RUNTIME_DIR`, `$RUNTIME_DIRECTORY`, `$XDG_RUNTIME_DIR/mvp-auth`,
    /// `/run/mvp-auth`.
    ///
    /// systemd may give several directories, separated by colons; the first is ours.
    package static func directory(_ variable: (String) -> String?) -> String {
        func value(_ name: String) -> String? { firstDirectory(variable(name)) }
        return value("MVP_AUTH_RUNTIME_DIR") ?? value("RUNTIME_DIRECTORY")
            ?? value("XDG_RUNTIME_DIR").map { $0 + "/mvp-auth" } ?? ofPackage
    }

    /// Where a client looks for the applications' socket, in this order: `MVP_AUTH_SOCKET` alone,
    /// `$MVP_AUTH_RUNTIME_DIR` alone, `$XDG_RUNTIME_DIR/mvp-auth` and `/run/mvp-auth`. `RUNTIME_DIRECTORY` is the
    /// client's own.
    package static func candidates(_ variable: (String) -> String?) -> [String] {
        if let url = variable("MVP_AUTH_SOCKET"), !url.isEmpty { return [path(of: url)] }
        if let directory = firstDirectory(variable("MVP_AUTH_RUNTIME_DIR")) { return [directory + name] }
        let own = firstDirectory(variable("XDG_RUNTIME_DIR")).map { [$0 + "/mvp-auth"] } ?? []
        return (own + [ofPackage]).map { $0 + name }
    }

    /// Where an operator's program looks for `admin.sock`: in the directories where a client looks for the applications'
    /// socket. A socket that `MVP_AUTH_SOCKET` names is taken where there is no `admin.sock` beside it: root and the
    /// daemon's own user are operators there too.
    package static func operatorCandidates(_ variable: (String) -> String?) -> [String] {
        let sockets = candidates(variable)
        let beside = sockets.map { path in
            let directory = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
            return directory + ofOperators
        }
        return variable("MVP_AUTH_SOCKET").map { !$0.isEmpty } ?? false ? beside + sockets : beside
    }

    /// The first of some paths where there is a socket, or something that may not be looked at; the last one where
    /// there is none.
    package static func first(of paths: [String]) -> String {
        let existing = paths.first { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return errno == EACCES }
            return status.st_mode & S_IFMT == S_IFSOCK
        }
        return existing ?? paths[paths.count - 1]
    }

    /// The path of `unix:///path`; a plain path is taken as it is.
    package static func path(of url: String) -> String {
        let scheme = "unix://"
        return url.utf8.starts(with: scheme.utf8)
            ? String(decoding: url.utf8.dropFirst(scheme.utf8.count), as: UTF8.self) : url
    }

    private static func firstDirectory(_ value: String?) -> String? {
        value?.split(separator: ":").first.map(String.init)
    }
}
