extension SQLiteStore {
    static func openWriter(_ path: String) throws -> Connection {
        let database = try Connection(path, .readWrite, patience: 5_000)
        let mode = try database.first("PRAGMA journal_mode = WAL") { try $0.text(0) }
        guard mode == "wal" else {
            throw SQLiteStoreError("The database \(path) cannot be opened: no log can be kept beside it.")
        }
        try database.execute("PRAGMA synchronous = FULL")
        try boundMemory(of: database)
        return database
    }

    static func openReader(_ path: String) throws -> Connection {
        let database = try Connection(path, .readOnly, patience: 10_000)
        try boundMemory(of: database)
        return database
    }

    /// The daemon is meant to stay small: 1024 KiB of pages for each connection.
    private static func boundMemory(of database: Connection) throws {
        try database.execute("PRAGMA cache_size = -1024")
    }

    /// Gives the database a number that no copy of an earlier time has, so that a copy which is written over the file
    /// beside a log that was left is noticed.
    ///
    /// Until the number has reached the file itself, the one before it counts too: a crash in between is none's fault.
    static func beginEpoch(of file: DatabaseFile, _ database: Connection) throws {
        let epoch = UInt32.random(in: 1...UInt32(Int32.max))
        file.note([file.epoch, epoch])
        try database.execute("PRAGMA user_version = \(epoch)")
        if (try? database.foldLog()) != nil { file.note([epoch]) }
    }
}
