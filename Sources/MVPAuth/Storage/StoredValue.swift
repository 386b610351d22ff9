/// A value as a column of a store holds it.
public enum StoredValue: Sendable {
    case null
    case text(String)
    case integer(Int64)
    case flag(Bool)
    case instant(Timestamp)
    case identifier(high: UInt64, low: UInt64)

    /// What a column holds, whether or not it may be NULL.
    public enum Kind: Sendable {
        case text
        case integer
        case flag
        /// Microseconds since 1970.
        case instant
        /// 128 bits.
        case identifier
    }
}

extension StoredValue: Hashable {
    /// Texts are equal when their bytes are: databases know nothing of Unicode's equivalences.
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.integer(let left), .integer(let right)): left == right
        case (.flag(let left), .flag(let right)): left == right
        case (.instant(let left), .instant(let right)): left == right
        case (.identifier(let high, let low), .identifier(let otherHigh, let otherLow)):
            high == otherHigh && low == otherLow
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .text(var text): text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .integer(let number): hasher.combine(number)
        case .flag(let flag): hasher.combine(flag)
        case .instant(let instant): hasher.combine(instant)
        case .identifier(let high, let low):
            hasher.combine(high)
            hasher.combine(low)
        }
    }
}

extension StoredValue {
    /// Whether the value comes before another of its kind. NULL comes before nothing and after nothing.
    public func precedes(_ other: Self) -> Bool {
        switch (self, other) {
        case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.integer(let left), .integer(let right)): left < right
        case (.flag(let left), .flag(let right)): !left && right
        case (.instant(let left), .instant(let right)): left < right
        case (.identifier(let high, let low), .identifier(let otherHigh, let otherLow)):
            (high, low) < (otherHigh, otherLow)
        default: false
        }
    }
}

extension StoredValue {
    func begins(with prefix: Self) -> Bool {
        guard case .text(let text) = self, case .text(let beginning) = prefix else { return false }
        return text.utf8.starts(with: beginning.utf8)
    }
}
