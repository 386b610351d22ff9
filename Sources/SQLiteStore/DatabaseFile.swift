#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import Synchronization

/// The file of a database, created private, and the lock that makes one process its owner.
///
/// SQLite gives its `-wal` and `-shm` files the mode of the database. The lock file stays: removing it would let two
/// processes hold locks on different files of the same name.
final class DatabaseFile: Sendable {
    private let path: String
    private let lock: Int32
    /// The epoch that the file had when it was opened.
    let epoch: UInt32
    /// Which files were opened, by what follows the path.
    private let opened = Mutex<[String: Identity]>([:])

    init(path: String) throws(SQLiteStoreError) {
        self.path = path
        lock = try Self.lock(path)
        do throws(SQLiteStoreError) {
            try Self.judgeLog(of: path, lock)
        } catch {
            Self.close(lock)
            throw error
        }
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            let reason = Self.reason
            Self.close(lock)
            throw SQLiteStoreError("The database \(path) cannot be opened: \(reason).")
        }
        fchmod(file, 0o600)
        let found = Self.epoch(in: file)
        epoch = found ?? 0
        Self.close(file)
        if found != nil {
            note([epoch])
        } else {
            // Where nothing is yet, nothing may come of it either: what would be noted said that there was something.
            ftruncate(lock, 0)
        }
    }

    /// Writes into the lock file which file the log belongs to from now on, and which epochs that file may have.
    func note(_ epochs: [UInt32]) {
        guard let identity = Self.identity(of: path) else { return }
        let words = ["\(identity.device)", "\(identity.inode)"] + epochs.map { "\($0)" }
        let text = Array((words.joined(separator: " ") + "\n").utf8)
        guard ftruncate(lock, 0) == 0 else { return }
        _ = pwrite(lock, text, text.count, 0)
    }

    /// The number that a daemon gives the database when it opens it, from the file itself and not from the log:
    /// `user_version` of SQLite's header. Nil: there is no header yet.
    private static func epoch(in file: Int32) -> UInt32? {
        var bytes = [UInt8](repeating: 0, count: 4)
        guard pread(file, &bytes, bytes.count, epochOffset) == bytes.count else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Of `user_version`, in bytes from the beginning (sqlite.org/fileformat2.html §1.3.15).
    static let epochOffset: off_t = 60

    /// SQLite takes any log that lies beside a database for its own, and a file that was put back beside the log of another
    /// is damaged by it.
    private static func judgeLog(of path: String, _ lock: Int32) throws(SQLiteStoreError) {
        var log = stat()
        guard stat(path + "-wal", &log) == 0, log.st_size > 0 else { return }
        guard let current = identity(of: path) else {
            throw SQLiteStoreError(
                "The log \(path)-wal is there and its database \(path) is not: put it back, or use mvp-auth restore.")
        }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = pread(lock, &bytes, bytes.count, 0)
        let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count >= 2, let inode = UInt64(words[1]) else { return }
        let epochs = words.dropFirst(2).compactMap { UInt32($0) }
        // The number of a device may change with a start of the machine; that of a file in it does not. A file that
        // was written over keeps its number and has another epoch.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        let epoch = file < 0 ? nil : Self.epoch(in: file)
        if file >= 0 { close(file) }
        guard inode == current.inode, epochs.isEmpty || epoch.map(epochs.contains) ?? true else {
            throw SQLiteStoreError(
                "The log \(path)-wal belongs to another file than \(path), which was put there since: use "
                    + "mvp-auth restore for a backup. If both came from one place together, remove \(path).lock.")
        }
    }

    /// Makes this process the owner of a database, until the descriptor is closed.
    static func lock(_ path: String) throws(SQLiteStoreError) -> Int32 {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw SQLiteStoreError("The directory \(directory) of the database does not exist.")
        }
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else {
            throw SQLiteStoreError("The lock file \(path).lock cannot be opened: \(reason).")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw SQLiteStoreError("The database \(path) is in use by another mvp-auth daemon.")
        }
        return lock
    }

    /// The files that SQLite keeps of a database: it, its log and the log's index.
    private static let suffixes = ["", "-wal", "-shm"]

    /// Which of the files is no longer what was opened: renamed, deleted or replaced. What is written then goes into files
    /// that nobody will find. Nil: all are in place.
    ///
    /// A file is known from the first time that it is seen.
    func misplaced() -> String? {
        opened.withLock { opened in
            for suffix in Self.suffixes {
                let current = Self.identity(of: path + suffix)
                if let known = opened[suffix] {
                    if current != known { return path + suffix }
                } else {
                    opened[suffix] = current
                }
            }
            return nil
        }
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
