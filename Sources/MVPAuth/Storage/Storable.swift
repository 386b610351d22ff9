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
