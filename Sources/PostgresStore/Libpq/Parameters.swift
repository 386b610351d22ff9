internal import MVPAuth

/// The values of one statement, in PostgreSQL's binary format, one after another in one buffer.
struct Parameters: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each value begins and how long it is. A length of -1 is NULL.
    private(set) var places: [(start: Int, length: Int)] = []

    init() {
        bytes.reserveCapacity(384)
        places.reserveCapacity(12)
    }

    mutating func add(_ value: StoredValue) {
        switch value {
        case .null: places.append((bytes.count, -1))
        case .text(let text): add(text)
        case .integer(let number): add(number)
        case .instant(let instant): add(PostgresInstant.wire(instant))
        case .flag(let flag):
            places.append((bytes.count, 1))
            bytes.append(flag ? 1 : 0)
        case .identifier(let high, let low):
            places.append((bytes.count, 16))
            append(high)
            append(low)
        }
    }

    /// PostgreSQL's text has no U+0000: it is replaced, so that nothing that holds one is ever found.
    private mutating func add(_ text: String) {
        let start = bytes.count
        if text.utf8.contains(0) {
            let replaced = text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }
            bytes.append(contentsOf: String(String.UnicodeScalarView(replaced)).utf8)
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        places.append((start, bytes.count - start))
    }

    private mutating func add(_ number: Int64) {
        places.append((bytes.count, 8))
        append(UInt64(bitPattern: number))
    }

    private mutating func append(_ word: UInt64) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

/// `timestamptz` on the wire: microseconds since 2000-01-01T00:00:00Z, from 4713 BC to AD 294276.
enum PostgresInstant {
    private static let epoch: Int64 = 946_684_800_000_000
    /// What PostgreSQL can hold, with `infinity` and `-infinity` kept out.
    private static let range = -211_813_488_000_000_000...9_223_371_331_199_999_999 as ClosedRange<Int64>

    static func wire(_ instant: Timestamp) -> Int64 {
        let (value, overflow) = instant.microseconds.subtractingReportingOverflow(epoch)
        return overflow ? range.lowerBound : min(max(value, range.lowerBound), range.upperBound)
    }

    static func instant(_ wire: Int64) -> Timestamp {
        let (value, overflow) = wire.addingReportingOverflow(epoch)
        return Timestamp(microseconds: overflow ? .max : value)
    }
}
