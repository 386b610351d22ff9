internal import Glibc
internal import Host

/// Whether only root and the daemon's user can change what stands at a path. Whoever else can has the daemon's power.
enum Trust {
    /// Users who may own what the daemon goes by: root and the process's own. For root itself, which checks the settings
    /// of a daemon of the package, that daemon's too.
    private static var owners: Set<UInt32> {
        let own: Set<UInt32> = [0, geteuid()]
        return geteuid() == 0 ? own.union([HostAccounts.uid(of: "mvp-auth") ?? 0]) : own
    }

    /// What is wrong with a file; nil when nothing is.
    ///
    /// - Parameter isSecret: whether others may not read it either.
    static func complaint(_ status: stat, isSecret: Bool) -> String? {
        let mode = "mode 0" + String(status.st_mode & 0o7777, radix: 8)
        guard owners.contains(status.st_uid) else {
            return "belongs to uid \(status.st_uid); it must belong to root or to the user of the process."
        }
        guard status.st_mode & S_IWOTH == 0 else { return "may be written by everybody (\(mode)): chmod go-w." }
        guard status.st_mode & S_IWGRP == 0 else { return "may be written by its group (\(mode)): chmod go-w." }
        guard !isSecret || status.st_mode & S_IROTH == 0 else {
            return "may be read by everybody (\(mode)): chmod o-rwx."
        }
        return nil
    }

    /// What is wrong with a directory that files with power are in; nil when nothing is. A group that root gave it to is
    /// how a process that owns nothing may write there.
    static func complaint(directory status: stat) -> String? {
        let mode = "mode 0" + String(status.st_mode & 0o7777, radix: 8)
        guard owners.contains(status.st_uid) else {
            return "belongs to uid \(status.st_uid); it must belong to root or to the user of the process."
        }
        guard status.st_mode & S_IWOTH == 0 else { return "may be written by everybody (\(mode)): chmod go-w." }
        let isRootsGift = status.st_uid == 0 && geteuid() != 0
        guard status.st_mode & S_IWGRP == 0 || isRootsGift || status.st_gid == 0 else {
            return "may be written by its group (\(mode)): chmod go-w."
        }
        return nil
    }

    /// What is wrong with the directory that a path is in, or its target where it is a symbolic link: where everybody may
    /// write, what stands there can be exchanged. A sticky directory keeps a file with its owner.
    static func complaint(directoriesOf path: String) -> String? {
        for path in [path, target(of: path)] {
            let directory = parent(of: path)
            var status = stat()
            guard stat(directory, &status) == 0 else { continue }
            guard status.st_mode & S_IWOTH == 0 || status.st_mode & S_ISVTX != 0 else {
                return "is in \(printable(directory)), where everybody may write: chmod go-w."
            }
        }
        return nil
    }

    private static func target(of path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func parent(of path: String) -> String {
        var bytes = Array(path.utf8)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
    }
}

/// A directory that the daemon keeps its own files in.
package enum TrustedDirectory {
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What is wrong with it, in a sentence; nil when nothing is.
    ///
    /// - Parameters:
    ///   - purpose: "state" or "runtime".
    ///   - allowsSticky: whether everybody may write in it where each keeps what is his.
    package static func complaint(_ path: String, for purpose: String, allowsSticky: Bool = false) -> String? {
        let noun = "The \(purpose) directory \(printable(path))"
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return "\(noun) does not exist." }
        if allowsSticky, status.st_mode & S_ISVTX != 0, status.st_uid == 0 { return nil }
        return (Trust.complaint(directory: status) ?? Trust.complaint(directoriesOf: path)).map { "\(noun) \($0)" }
    }
}
