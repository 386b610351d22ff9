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

/// What can be kept in a column.
public protocol Storable: Sendable {
    static var kind: StoredValue.Kind { get }
    var stored: StoredValue { get }
    /// Nil for what a column of this kind cannot hold.
    init?(stored: StoredValue)
}

extension String: Storable {
    public static var kind: StoredValue.Kind { .text }
    public var stored: StoredValue { .text(self) }

    public init?(stored: StoredValue) {
        guard case .text(let text) = stored else { return nil }
        self = text
    }
}

extension Int64: Storable {
    public static var kind: StoredValue.Kind { .integer }
    public var stored: StoredValue { .integer(self) }

    public init?(stored: StoredValue) {
        guard case .integer(let number) = stored else { return nil }
        self = number
    }
}

extension Bool: Storable {
    public static var kind: StoredValue.Kind { .flag }
    public var stored: StoredValue { .flag(self) }

    public init?(stored: StoredValue) {
        guard case .flag(let flag) = stored else { return nil }
        self = flag
    }
}

extension Timestamp: Storable {
    public static var kind: StoredValue.Kind { .instant }
    public var stored: StoredValue { .instant(self) }

    public init?(stored: StoredValue) {
        guard case .instant(let instant) = stored else { return nil }
        self = instant
    }
}

extension Identifier: Storable {
    public static var kind: StoredValue.Kind { .identifier }
    public var stored: StoredValue { .identifier(high: high, low: low) }

    public init?(stored: StoredValue) {
        guard case .identifier(let high, let low) = stored else { return nil }
        self.init(high: high, low: low)
    }
}

extension Optional: Storable where Wrapped: Storable {
    public static var kind: StoredValue.Kind { Wrapped.kind }
    public var stored: StoredValue { self?.stored ?? .null }

    public init?(stored: StoredValue) {
        if case .null = stored {
            self = .none
        } else {
            guard let wrapped = Wrapped(stored: stored) else { return nil }
            self = .some(wrapped)
        }
    }
}

extension Storable where Self: RawRepresentable, RawValue == String {
    public static var kind: StoredValue.Kind { .text }
    public var stored: StoredValue { .text(rawValue) }

    public init?(stored: StoredValue) {
        guard case .text(let text) = stored else { return nil }
        self.init(rawValue: text)
    }
}
