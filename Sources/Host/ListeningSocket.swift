package import Glibc

/// A Unix socket that was born with exactly its mode.
///
/// `fchmod` before `bind` is masked by the umask and `chmod` after it leaves a moment with a wrong mode. So the socket is
/// bound inside a private directory, given its mode and group there, and renamed into place. A lock file beside it says
/// whether a server lives: only its holder may remove what stands at the path.
package final class ListeningSocket: Sendable {
    package let path: String
    /// The listening descriptor; whoever takes it closes it.
    package let descriptor: Int32
    /// Nil for a socket that the service manager owns.
    private let lock: Int32?
    /// What was bound, so that nothing else is removed in its place.
    private let inode: UInt64

    package static let backlog: Int32 = 4096
    /// `sun_path` holds 108 bytes with the final NUL.
    package static let longestPath = 107

    /// - Parameters:
    ///   - mode: 0o660 or 0o600, whatever the umask.
    ///   - group: the owning group's name; nil leaves the process's.
    ///   - server: what serves such sockets, for the sentence about one that does already.
    package init(
        path: String, mode: mode_t, group: String? = nil, server: String = "mvp-auth daemon"
    ) throws(StartFailure) {
        self.path = path
        guard path.utf8.count <= Self.longestPath else {
            throw StartFailure("The socket path \(path) is longer than \(Self.longestPath) bytes.")
        }
        let directory = Self.directory(of: path)
        try Self.checkDirectory(directory)
        let lock = try Self.takeLock(path, server)
        do throws(StartFailure) {
            try Self.removeStaleSocket(path)
            descriptor = try Self.bind(path, in: directory, mode: mode, group: group)
        } catch {
            close(lock)
            throw error
        }
        self.lock = lock
        inode = Self.inode(of: path)
    }

    /// A socket that was bound before this process began, and that outlives it: connections wait in its queue.
    package init(inherited descriptor: Int32, path: String) {
        self.path = path
        self.descriptor = descriptor
        lock = nil
        inode = 0
    }

    /// Removes the socket from its directory and lets the lock go. The descriptor is not touched, and neither is a
    /// socket that is not ours.
    package func remove() {
        guard let lock else { return }
        if Self.inode(of: path) == inode { unlink(path) }
        close(lock)
    }

    private static func inode(of path: String) -> UInt64 {
        var status = stat()
        return lstat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func checkDirectory(_ directory: String) throws(StartFailure) {
        var status = stat()
        guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw StartFailure("The directory \(directory) for the socket does not exist.")
        }
        guard status.st_mode & S_IWOTH == 0 || status.st_mode & S_ISVTX != 0 else {
            throw StartFailure("The directory \(directory) for the socket can be written by everybody.")
        }
    }

    private static func takeLock(_ path: String, _ server: String) throws(StartFailure) -> Int32 {
        let file = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("The lock file \(path).lock cannot be opened") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw StartFailure("Another \(server) is serving \(path).")
        }
        return file
    }

    private static func removeStaleSocket(_ path: String) throws(StartFailure) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw StartFailure("\(path) exists and is not a socket; it was left alone.")
        }
        // The lock file may have been removed under a daemon that lives.
        guard !isAnswering(path) else {
            throw StartFailure("Another process is serving \(path).")
        }
        guard unlink(path) == 0 else { throw failure("The stale socket \(path) cannot be removed") }
    }

    private static func isAnswering(_ path: String) -> Bool {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { return false }
        defer { close(probe) }
        // A full queue (EAGAIN) belongs to somebody too.
        return withAddress(of: path) { Glibc.connect(probe, $0, $1) } == 0 || errno == EAGAIN
    }

    private static func withAddress<R>(
        of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(longestPath)) }
        return withUnsafePointer(to: &address) {
            // SAFETY: a sockaddr_un may be passed as a sockaddr of its own size (unix(7)).
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func bind(
        _ path: String, in directory: String, mode: mode_t, group: String?
    ) throws(StartFailure) -> Int32 {
        var template = Array("\(directory)/.mvp-auth-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw failure("The directory \(directory) cannot be written") }
        let temporaryDirectory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { rmdir(temporaryDirectory) }
        let temporaryPath = temporaryDirectory + "/s"
        guard temporaryPath.utf8.count <= longestPath else {
            throw StartFailure("The socket path \(path) is too long: use a shorter runtime directory.")
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("A socket cannot be made") }
        do throws(StartFailure) {
            guard withAddress(of: temporaryPath, { Glibc.bind(descriptor, $0, $1) }) == 0 else {
                throw failure("The socket \(path) cannot be bound")
            }
            guard chmod(temporaryPath, mode) == 0 else { throw failure("The mode of \(path) cannot be set") }
            if let group { try setGroup(group, of: temporaryPath) }
            guard listen(descriptor, backlog) == 0 else { throw failure("The socket \(path) cannot listen") }
            guard rename(temporaryPath, path) == 0 else { throw failure("The socket \(path) cannot be put into place") }
            return descriptor
        } catch {
            unlink(temporaryPath)
            close(descriptor)
            throw error
        }
    }

    private static func setGroup(_ name: String, of path: String) throws(StartFailure) {
        guard let gid = HostAccounts.gid(of: name) else {
            throw StartFailure("The group \(name) of the socket does not exist.")
        }
        guard chown(path, uid_t.max, gid) == 0 else { throw failure("The group of \(path) cannot be set") }
    }

    private static func failure(_ what: String) -> StartFailure {
        StartFailure("\(what): \(StartFailure.reason).")
    }
}
