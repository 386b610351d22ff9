public import MVPAuth
internal import Synchronization

/// The embedded store: one SQLite file, owned by one daemon.
///
/// Write-ahead log with `synchronous=FULL`: what was acknowledged has been synced. One writer drains its queue into one
/// transaction; readers see the last commit and never wait for it.
public final class SQLiteStore: WatchedAuthStore {
    let writer: ConnectionThread
    let readers: Readers
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
        writer = ConnectionThread("writer") { try Self.openWriter(path) }
        readers = Readers(Self.readerCount) { try Self.openReader(path) }
        do {
            version = Mutex(
                try writer.runNow { [file] database in
                    guard try !Migration.isSuperseded(Schema.migrations, in: database) else {
                        throw SQLiteStoreError("The database \(path) was made by a newer mvp-auth; use that one.")
                    }
                    try Migration.apply(Schema.migrations, to: database)
                    try Self.beginEpoch(of: file, database)
                    // What others write from now on is noticed, also before anybody watches.
                    return try Self.dataVersion(database)
                })
        } catch let error as SQLiteStoreError {
            file.release()
            throw error
        } catch let error as SQLiteError where error.isNotDatabase {
            file.release()
            throw SQLiteStoreError("\(path) is not a SQLite database.")
        } catch {
            file.release()
            throw SQLiteStoreError("The database \(path) cannot be opened: \(error).")
        }
        guardian = FileGuard(file, onFailure: onFailure)
        writes = WriteQueue(writer, guardian: guardian, onFailure: onFailure)
        _ = guardian.isInPlace()
    }

    public func ping() async throws(AuthError) {
        guard guardian.isInPlace() else { throw AuthError(.storageUnavailable) }
        _ = try await read { try $0.find(DeletedUser.self, UserID(high: 0, low: 0)) }
    }

    public func watch(_ changed: @escaping @Sendable () async -> Void) async {
        while (try? await Task.sleep(for: Self.interval)) != nil {
            _ = guardian.isInPlace()
            guard let now = try? await writer.run(Self.dataVersion) else { continue }
            let isNew = version.withLock { last in
                defer { last = now }
                return last != now
            }
            if isNew { await changed() }
        }
    }

    private static let interval = Duration.milliseconds(800)

    @Sendable
    private static func dataVersion(_ database: Connection) throws -> Int64 {
        try database.first("PRAGMA data_version") { try $0.integer(0) } ?? 0
    }

    /// Finishes the queue, folds the log into the file and lets the lock go. Later calls fail.
    public func close() async {
        await writes.close()
        await readers.close()
        try? await writer.run { try $0.foldLog() }
        // The last to close removes the log.
        await writer.close()
        file.release()
    }

    /// Reads the last commit.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try await query { try body($0) }
    }

    /// The same with statements of one's own.
    func query<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws(AuthError) -> Value {
        do {
            return try await readers.read { try body($0) }
        } catch let refusal as AuthError {
            throw refusal
        } catch is CancellationError {
            throw AuthError(.cancelled)
        } catch {
            onFailure("a read failed: \(error)")
            throw AuthError(.storageUnavailable)
        }
    }

    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try await writes.run { try body($0) }
    }

    private static let readerCount = 2
}

extension SQLiteStore: BatchingAuthStore {
    package var batches: Histogram { writes.batches }
}
