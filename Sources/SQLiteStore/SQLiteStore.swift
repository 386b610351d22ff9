internal import GRDB
public import MVPAuth
internal import Synchronization

/// The embedded store: one SQLite file, owned by one daemon.
///
/// Write-ahead log with `synchronous=FULL`: what was acknowledged has been synced. One writer drains its queue into one
/// transaction; readers see the last commit and never wait for it.
public final class SQLiteStore: WatchedAuthStore {
    let pool: DatabasePool
    let writes: WriteQueue
    private let file: DatabaseFile
    private let guardian: FileGuard
    /// `PRAGMA data_version` of the writer's connection: another number after another connection has written.
    private let version: Mutex<Int64>
    private let onFailure: @Sendable (String) -> Void

    /// Opens or creates the database and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - path: the file; its directory must exist. Created with mode 0600.
    ///   - onFailure: told what the medium said, for the log. Callers see `STORAGE_UNAVAILABLE` only.
    public init(
        path: String, onFailure: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(SQLiteStoreError) {
        file = try DatabaseFile(path: path)
        self.onFailure = onFailure
        do {
            pool = try Self.open(path)
            try Self.beginEpoch(of: file, pool)
        } catch let error as SQLiteStoreError {
            file.release()
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            file.release()
            throw SQLiteStoreError("\(path) is not a SQLite database.")
        } catch {
            file.release()
            throw SQLiteStoreError("The database \(path) cannot be opened: \(error).")
        }
        guardian = FileGuard(file, onFailure: onFailure)
        writes = WriteQueue(pool: pool, guardian: guardian, onFailure: onFailure)
        // What others write from now on is noticed, also before anybody watches.
        version = Mutex((try? pool.writeWithoutTransaction(Self.dataVersion)) ?? 0)
        _ = guardian.isInPlace()
    }

    public func ping() async throws(AuthError) {
        guard guardian.isInPlace() else { throw AuthError(.storageUnavailable) }
        try await read { try $0.execute(literal: "SELECT 1") }
    }

    public func watch(_ changed: @escaping @Sendable () async -> Void) async {
        while (try? await Task.sleep(for: Self.interval)) != nil {
            _ = guardian.isInPlace()
            guard let now = try? await pool.writeWithoutTransaction(Self.dataVersion) else { continue }
            let isNew = version.withLock { last in
                defer { last = now }
                return last != now
            }
            if isNew { await changed() }
        }
    }

    private static let interval = Duration.milliseconds(800)

    @Sendable
    private static func dataVersion(_ database: Database) throws -> Int64 {
        try database.first("PRAGMA data_version", []) { $0[0] } ?? 0
    }

    /// Finishes the queue, folds the log into the file and lets the lock go. Later calls fail.
    public func close() async {
        await writes.close()
        try? await pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try? pool.close()
        file.release()
    }

    /// Reads the last commit.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(AuthError) -> Value {
        do {
            return try await pool.read(body)
        } catch is CancellationError {
            throw AuthError(.cancelled)
        } catch {
            onFailure("a read failed: \(error)")
            throw AuthError(.storageUnavailable)
        }
    }

    private static let readers = 2
    /// KiB for each connection: the daemon is meant to stay small.
    private static let pageCache = 1024

    private static func open(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "mvp-auth"
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -\(pageCache)") }
        let pool = try DatabasePool(path: path, configuration: configuration)
        let schema = Schema.migrator
        try pool.writeWithoutTransaction { database in
            // The pool chooses NORMAL, which loses the latest commits with the power.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            guard try !schema.hasBeenSuperseded(database) else {
                throw SQLiteStoreError("The database \(path) was made by a newer mvp-auth; use that one.")
            }
        }
        try schema.migrate(pool)
        return pool
    }
}

extension SQLiteStore {
    /// Gives the database a number that no copy of an earlier time has, so that a copy which is written over the file
    /// beside a log that was left is noticed.
    ///
    /// Until the number has reached the file itself, the one before it counts too: a crash in between is none's fault.
    fileprivate static func beginEpoch(of file: DatabaseFile, _ pool: DatabasePool) throws {
        let epoch = UInt32.random(in: 1...UInt32(Int32.max))
        file.note([file.epoch, epoch])
        let hasReached = try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA user_version = \(epoch)")
            return (try? database.checkpoint(.truncate)) != nil
        }
        if hasReached { file.note([epoch]) }
    }
}

/// Why a database cannot be used, in one sentence.
public struct SQLiteStoreError: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
