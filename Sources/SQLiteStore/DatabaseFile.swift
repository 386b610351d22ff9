#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The file of a database, created private, and the lock that makes one process its owner.
///
/// SQLite gives its `-wal` and `-shm` files the mode of the database. The lock file stays: removing it would let two
/// processes hold locks on different files of the same name.
final class DatabaseFile: Sendable {
    private let lock: Int32

    init(path: String) throws(SQLiteStoreError) {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw SQLiteStoreError("The directory \(directory) of the database does not exist.")
        }
        lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else {
            throw SQLiteStoreError("The lock file \(path).lock cannot be opened: \(Self.reason).")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            Self.close(lock)
            throw SQLiteStoreError("The database \(path) is in use by another mvp-auth daemon.")
        }
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            let reason = Self.reason
            Self.close(lock)
            throw SQLiteStoreError("The database \(path) cannot be opened: \(reason).")
        }
        fchmod(file, 0o600)
        Self.close(file)
    }

    /// Lets the lock go.
    func release() {
        Self.close(lock)
    }

    private static var reason: String { String(cString: strerror(errno)) }

    private static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }
}
