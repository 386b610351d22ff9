internal import CPostgres
internal import Glibc
internal import MVPAuth

/// What one statement returned, in binary format. The memory is libpq's.
final class Rows {
    private let result: OpaquePointer

    /// Takes the result over.
    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit { PQclear(result) }

    var count: Int { Int(PQntuples(result)) }

    /// How many rows the statement inserted, updated or deleted.
    var changes: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    func map<Value>(_ read: (Row) throws(MalformedRow) -> Value) throws(MalformedRow) -> [Value] {
        var values: [Value] = []
        for index in 0..<count { values.append(try read(Row(result: result, index: Int32(index)))) }
        return values
    }

    func first<Value>(_ read: (Row) throws(MalformedRow) -> Value) throws(MalformedRow) -> Value? {
        count == 0 ? nil : try read(Row(result: result, index: 0))
    }
}

/// A value that is not what our statements ask for: the schema is not ours.
struct MalformedRow: Error {}

/// One row, valid while its `Rows` are. Columns are read by position.
struct Row {
    fileprivate let result: OpaquePointer
    fileprivate let index: Int32

    func isNull(_ column: Int) -> Bool { PQgetisnull(result, index, Int32(column)) == 1 }

    private func bytes(_ column: Int) throws(MalformedRow) -> UnsafeRawBufferPointer {
        guard !isNull(column), let start = PQgetvalue(result, index, Int32(column)) else { throw MalformedRow() }
        return UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, index, Int32(column))))
    }

    func text(_ column: Int) throws(MalformedRow) -> String {
        String(decoding: try bytes(column), as: UTF8.self)
    }

    func optionalText(_ column: Int) throws(MalformedRow) -> String? {
        isNull(column) ? nil : try text(column)
    }

    func flag(_ column: Int) throws(MalformedRow) -> Bool {
        let bytes = try bytes(column)
        guard bytes.count == 1 else { throw MalformedRow() }
        return bytes[0] != 0
    }

    func number(_ column: Int) throws(MalformedRow) -> Int64 {
        let bytes = try bytes(column)
        guard bytes.count == 8 else { throw MalformedRow() }
        return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    }

    func identifier<Entity>(_ column: Int) throws(MalformedRow) -> Identifier<Entity> {
        let bytes = try bytes(column)
        guard bytes.count == 16 else { throw MalformedRow() }
        return Identifier(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    func instant(_ column: Int) throws(MalformedRow) -> Timestamp {
        PostgresInstant.instant(try number(column))
    }

    func value(_ column: Int, _ kind: StoredValue.Kind) throws(MalformedRow) -> StoredValue {
        if isNull(column) { return .null }
        switch kind {
        case .text: return .text(try text(column))
        case .integer: return .integer(try number(column))
        case .flag: return .flag(try flag(column))
        case .instant: return .instant(try instant(column))
        case .identifier:
            let id: UserID = try identifier(column)
            return .identifier(high: id.high, low: id.low)
        }
    }
}
