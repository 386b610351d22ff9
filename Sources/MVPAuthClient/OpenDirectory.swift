internal import Glibc
internal import Synchronization

/// A socket's directory in which everybody may create files: another user could put a socket in the daemon's place.
enum OpenDirectory {
    private static let warned = Mutex<Set<String>>([])

    /// Warns, once for each socket of this process.
    ///
    /// - Parameter tell: nil writes to standard error.
    static func warn(of path: String, _ tell: (@Sendable (String) -> Void)?) {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(directory, &status) == 0, status.st_mode & S_IWOTH != 0,
            warned.withLock({ $0.insert(path).inserted })
        else { return }
        let text =
            "Everybody may create files in \(directory), so another user could put a socket in the place of \(path). "
            + "Move it to a directory of the daemon's own."
        if let tell { return tell(text) }
        let line = "mvp-auth: \(text)\n"
        _ = write(STDERR_FILENO, line, line.utf8.count)
    }
}
