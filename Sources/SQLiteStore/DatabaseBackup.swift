#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Copies of a database, each one consistent file.
package enum DatabaseBackup {
    /// Writes what is committed at one instant into a new file of mode 0600. A daemon may be writing meanwhile.
    package static func make(of path: String, at destination: String) throws(SQLiteStoreError) {
        guard access(path, F_OK) == 0 else { throw SQLiteStoreError("There is no database \(path).") }
        let file = open(destination, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw SQLiteStoreError(
                errno == EEXIST
                    ? "\(destination) exists already; nothing is overwritten."
                    : "\(destination) cannot be made: \(reason).")
        }
        defer { close(file) }
        do throws(SQLiteStoreError) {
            try reading(path) { try $0.run("VACUUM INTO ?", [.text(destination)]) }
            // The copy has no epoch: written over the database, it is known not to be the file that a log belongs to.
            _ = pwrite(file, [UInt8](repeating: 0, count: 4), 4, DatabaseFile.epochOffset)
            guard fsync(file) == 0 else { throw SQLiteStoreError("\(destination) cannot be written: \(reason).") }
            syncDirectory(of: destination)
        } catch {
            unlink(destination)
            throw error
        }
    }

    /// Puts a backup in the place of the database, which is kept beside it. The daemon must have been stopped.
    ///
    /// - Returns: where the database is kept that was there; nil when there was none.
    package static func restore(_ backup: String, to path: String) throws(SQLiteStoreError) -> String? {
        try judge(backup)
        let lock = try DatabaseFile.lock(path)
        defer { close(lock) }
        let incoming = path + ".restoring"
        unlink(incoming)
        try make(of: backup, at: incoming)
        var kept: String?
        if access(path, F_OK) == 0 {
            giveOwner(of: path, to: incoming)
            let aside = try keep(path)
            // What the log holds belongs to the database that it is named after.
            if access(path + "-wal", F_OK) == 0, rename(path + "-wal", aside + "-wal") != 0 {
                let why = reason
                unlink(aside)
                unlink(incoming)
                throw SQLiteStoreError("\(path)-wal cannot be put aside: \(why).")
            }
            kept = aside
        } else {
            giveOwner(of: directory(of: path), to: incoming)
            unlink(path + "-wal")
        }
        unlink(path + "-shm")
        guard rename(incoming, path) == 0 else {
            throw SQLiteStoreError("\(path) cannot be replaced: \(reason).")
        }
        syncDirectory(of: path)
        return kept
    }

    /// Whether a file is a whole database of ours, of a schema that this program knows.
    private static func judge(_ path: String) throws(SQLiteStoreError) {
        guard access(path, F_OK) == 0 else { throw SQLiteStoreError("There is no backup \(path).") }
        try reading(path) { database in
            let verdict = try database.first("PRAGMA integrity_check(1)") { try $0.text(0) }
            guard verdict.map({ $0.utf8.elementsEqual("ok".utf8) }) == true else {
                throw SQLiteStoreError("\(path) is damaged: \(verdict ?? "it cannot be read").")
            }
            guard try database.hasTable("auth_users"), try database.hasTable("auth_sessions") else {
                throw SQLiteStoreError("\(path) is no backup of mvp-auth: it has no accounts.")
            }
            guard try !Migration.isSuperseded(Schema.migrations, in: database) else {
                throw SQLiteStoreError("\(path) was made by a newer mvp-auth; use that one.")
            }
        }
    }

    private static func reading(_ path: String, _ body: (Connection) throws -> Void) throws(SQLiteStoreError) {
        do {
            try body(try Connection(path, .readOnly, patience: 10_000))
        } catch let error as SQLiteStoreError {
            throw error
        } catch let error as SQLiteError {
            throw SQLiteStoreError(
                error.isNotDatabase
                    ? "\(path) is not a SQLite database." : "\(path) cannot be copied: \(error.message).")
        } catch {
            throw SQLiteStoreError("\(path) cannot be copied: \(error).")
        }
    }

    /// A second name for the database, under which it stays.
    private static func keep(_ path: String) throws(SQLiteStoreError) -> String {
        for number in 1...1000 {
            let aside = "\(path).before-restore-\(number)"
            if link(path, aside) == 0 { return aside }
            guard errno == EEXIST else { throw SQLiteStoreError("\(path) cannot be put aside: \(reason).") }
        }
        throw SQLiteStoreError("\(path) was restored a thousand times; remove the files *.before-restore-*.")
    }

    private static func giveOwner(of source: String, to path: String) {
        var status = stat()
        if stat(source, &status) == 0 { _ = lchown(path, status.st_uid, status.st_gid) }
    }

    private static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// So that the file's name outlives a power failure too.
    private static func syncDirectory(of path: String) {
        let descriptor = open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
