import Foundation
public import MVPAuth

/// A backend of one's own: every table in one JSON file, which is written anew at each commit. It passes the conformance
/// suite and is all that the services need; what it is not is fast.
public actor FileStore: AuthStore {
    private let file: URL
    private var tables: Tables

    /// Opens the file, or begins an empty one.
    public init(path: String) throws {
        file = URL(fileURLWithPath: path)
        tables = try FileManager.default.fileExists(atPath: path) ? Tables(try Data(contentsOf: file)) : Tables()
    }

    public func ping() async throws(AuthError) {}

    public func close() async {}

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try run { try body(FileTransaction(tables)) }
    }

    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try run {
            let transaction = FileTransaction(tables)
            let value = try body(transaction)
            if transaction.hasChanged {
                try transaction.tables.save(to: file)
                tables = transaction.tables
            }
            return value
        }
    }

    /// An error of the file is the medium's.
    private func run<Value>(_ body: () throws -> Value) throws(AuthError) -> Value {
        do {
            return try body()
        } catch {
            throw error as? AuthError ?? AuthError(.storageUnavailable)
        }
    }
}

/// The verbs, on tables of its own until they are committed.
final class FileTransaction: StoreTransaction {
    private(set) var tables: Tables
    private(set) var hasChanged = false

    init(_ tables: Tables) {
        self.tables = tables
    }

    func find<R: Record>(_ type: R.Type, _ key: R.Key) throws -> R? { try all(Query<R>(key)).first }

    func all<R: Record>(_ query: Query<R>) throws -> [R] {
        try query.select(from: tables[R.table]).map { row in
            guard let record = R.read({ position, _ in row[position] }) else { throw AuthError(.storageUnavailable) }
            return record
        }
    }

    func insert<R: Record>(_ record: R) throws -> Bool {
        let new = record.row
        let unique = R.columns.indices.filter { R.columns[$0].index == .unique && new[$0] != .null }
        guard !tables[R.table].contains(where: { row in unique.contains { row[$0] == new[$0] } }) else { return false }
        tables[R.table].append(new)
        hasChanged = true
        return true
    }

    func update<R: Record>(_ records: [R]) throws {
        for row in records.map(\.row) {
            guard let place = tables[R.table].firstIndex(where: { $0[0] == row[0] }) else { continue }
            tables[R.table][place] = row
            hasChanged = true
        }
    }

    func delete<R: Record>(_ query: Query<R>) throws -> Int {
        let keys = Set(query.select(from: tables[R.table]).map { $0[0] })
        tables[R.table].removeAll { keys.contains($0[0]) }
        hasChanged = hasChanged || !keys.isEmpty
        return keys.count
    }
}
