package import AuthSettings
internal import Glibc
internal import Host
package import PostgresStore

/// Where the accounts are, from `AUTH_DATABASE_URL`; without one, `auth.db` in the state directory.
package enum StoreLocation {
    case memory
    case sqlite(path: String)
    case postgres(PostgresOptions)

    package init(_ settings: DaemonSettings) throws(SettingsError) {
        let url = settings.database.url ?? ""
        if let path = settings.database.sqlitePath {
            self = .sqlite(path: path)
        } else if url.utf8.elementsEqual("memory:".utf8) {
            self = .memory
        } else if let options = try settings.postgresOptions() {
            self = .postgres(options)
        } else {
            // What stands before "://" is no secret; anything else may be.
            let scheme = url.firstRange(of: "://").map { String(url[..<$0.lowerBound]) } ?? ""
            let isWord =
                !scheme.isEmpty && scheme.utf8.count <= 24 && scheme.utf8.allSatisfy(Self.isSchemeByte)
            throw SettingsError(
                "AUTH_DATABASE_URL \(isWord ? "names the store \"\(printable(scheme))\"" : "is no URL"); "
                    + "it can be postgresql://, sqlite:///path or memory:.")
        }
    }

    /// RFC 3986 §3.1.
    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "+-.".utf8.contains(byte)
        }
    }

    /// The word for it in `system.info`.
    package var kind: String {
        switch self {
        case .memory: "memory"
        case .sqlite: "sqlite"
        case .postgres: "postgresql"
        }
    }
}

extension StoreLocation {
    /// Whether opening the store makes a database of a file.
    package var isNewFile: Bool {
        guard case .sqlite(let path) = self else { return false }
        var status = stat()
        return stat(path, &status) != 0 ? errno == ENOENT : status.st_size == 0
    }

    /// Why no database may be made: beside its place is what only a database in use leaves there, so that it was lost or
    /// emptied. Nil where everything is new; an empty file, such as a first start leaves that failed, says nothing.
    package var lossOfFile: String? {
        guard case .sqlite(let path) = self, isNewFile else { return nil }
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let traces: [String] = ["\(directory)/key", "\(path).lock", "\(path)-wal"]
        guard let trace = traces.first(where: Self.hasContent), !Self.isHeld(path + ".lock") else { return nil }
        let state = Glibc.access(path, F_OK) == 0 ? "is empty" : "is missing"
        return "The database \(path) \(state), though \(trace) says that there was one. Restore it; "
            + "or start once with --new-database for one without any account."
    }

    private static func hasContent(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }

    /// Whether a daemon is at work, which is told in other words.
    private static func isHeld(_ lock: String) -> Bool {
        let file = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_EX | LOCK_NB) != 0
    }
}
