/// A row of a table, as the domain knows it.
///
/// Its columns are listed once: a store makes its statements from the list, writes by it and reads by it. A new column
/// is one line here and a migration in each database.
public protocol Record: Sendable {
    associatedtype Key: Storable

    static var table: String { get }

    /// The first one is the key, and unique.
    static var columns: [Column<Self>] { get }

    /// What a row is read into. Every property that a column names is replaced.
    static var blank: Self { get }
}

/// A property of a record and the column that keeps it.
public struct Column<R: Record>: Sendable {
    public let name: String
    public let kind: StoredValue.Kind
    public let index: Index
    let path: any PartialKeyPath<R> & Sendable
    let get: @Sendable (R) -> StoredValue
    let set: @Sendable (inout R, StoredValue) -> Bool

    /// Whether rows are found by the column.
    public enum Index: Sendable {
        case none
        case ordinary
        /// No two rows have the same value; any number may have none.
        case unique
    }

    public init<Value: Storable>(
        _ name: String, _ path: any WritableKeyPath<R, Value> & Sendable, index: Index = .none
    ) {
        let place = Place(path)
        self.init(name, path, index: index) { record, value in
            guard let value = Value(stored: value) else { return false }
            place.set(value, in: &record)
            return true
        }
    }

    /// - Parameter fallback: the property whose value stands for a NULL: rows that another program made lack what was
    ///   added later. Its column comes before this one.
    public init<Value: Storable>(
        _ name: String, _ path: any WritableKeyPath<R, Value> & Sendable,
        orElse fallback: any KeyPath<R, Value> & Sendable
    ) {
        let place = Place(path)
        self.init(name, path, index: .none) { record, value in
            guard let value = Value?(stored: value) else { return false }
            place.set(value ?? record[keyPath: fallback], in: &record)
            return true
        }
    }

    private init<Value: Storable>(
        _ name: String, _ path: any WritableKeyPath<R, Value> & Sendable, index: Index,
        set: @escaping @Sendable (inout R, StoredValue) -> Bool
    ) {
        self.name = name
        kind = Value.kind
        self.index = index
        self.path = path
        let place = Place(path)
        get = { place.value(in: $0).stored }
        self.set = set
    }
}

/// Where a property is: known once for a stored one, while a key path asks each time.
private struct Place<R, Value>: Sendable {
    private let path: any WritableKeyPath<R, Value> & Sendable
    /// Nil for a property that is computed.
    private let offset: Int?

    init(_ path: any WritableKeyPath<R, Value> & Sendable) {
        self.path = path
        offset = MemoryLayout<R>.offset(of: path)
    }

    func value(in record: R) -> Value {
        guard let offset else { return record[keyPath: path] }
        // SAFETY: the offset is that of a stored property of this type in this record.
        return withUnsafePointer(to: record) {
            (UnsafeRawPointer($0) + offset).assumingMemoryBound(to: Value.self).pointee
        }
    }

    func set(_ value: Value, in record: inout R) {
        guard let offset else { return record[keyPath: path] = value }
        // SAFETY: the same, and the record is held exclusively.
        withUnsafeMutablePointer(to: &record) {
            (UnsafeMutableRawPointer($0) + offset).assumingMemoryBound(to: Value.self).pointee = value
        }
    }
}

extension Record {
    /// The values of the columns, in their order.
    public var row: [StoredValue] { Self.columns.map { $0.get(self) } }

    /// The record of a row.
    ///
    /// - Parameter value: what the row holds in the column of this position, read as this kind.
    /// - Returns: nil when a value is none that the domain knows.
    public static func read(
        _ value: (_ position: Int, _ kind: StoredValue.Kind) throws -> StoredValue
    ) rethrows -> Self? {
        var record = blank
        for (position, column) in columns.enumerated() {
            guard column.set(&record, try value(position, column.kind)) else { return nil }
        }
        return record
    }

    /// The position of the column that keeps a property.
    static func position(of path: PartialKeyPath<Self>) -> Int {
        guard let position = columns.firstIndex(where: { $0.path == path }) else {
            preconditionFailure("no column of \(table) keeps this property")
        }
        return position
    }
}
