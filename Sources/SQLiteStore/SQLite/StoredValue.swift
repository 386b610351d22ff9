internal import MVPAuth

/// A value as a column holds it.
enum StoredValue: Sendable {
    case null
    case text(String)
    case integer(Int64)
    case flag(Bool)
    case instant(Timestamp)
    case identifier(high: UInt64, low: UInt64)
}

/// What can be kept in a column.
protocol Storable {
    var stored: StoredValue { get }
}

extension String: Storable {
    var stored: StoredValue { .text(self) }
}

extension Int64: Storable {
    var stored: StoredValue { .integer(self) }
}

extension Bool: Storable {
    var stored: StoredValue { .flag(self) }
}

extension Timestamp: Storable {
    var stored: StoredValue { .instant(self) }
}

extension Identifier: Storable {
    var stored: StoredValue { .identifier(high: high, low: low) }
}

extension Optional: Storable where Wrapped: Storable {
    var stored: StoredValue { self?.stored ?? .null }
}
