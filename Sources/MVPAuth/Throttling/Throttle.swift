/// What is known of the failures of one account, of one network at one account, or of one device.
public struct Throttle: Sendable, Equatable {
    /// 16 hexadecimal digits, made under a key of the service: the row names no address.
    public internal(set) var key: String
    public internal(set) var kind: Kind
    /// Since the last success.
    public var failures: Int64
    /// What the delay goes by. A success leaves it.
    public var level: Int64
    /// Before this nobody is let try.
    public var until: Timestamp
    /// The last failure.
    public var updatedAt: Timestamp

    /// What a row is about, and whether it goes by itself.
    public enum Kind: Int64, Sendable, CaseIterable {
        case account
        case source
        case device
        /// Closed, and of an account that is there: only a success of its owner opens it.
        case kept
    }

    /// The row that an attempt is counted in.
    package struct Identity: Sendable, Equatable {
        package let key: String
        package let kind: Kind
        /// Whether there is an account. Rows of others are not kept for ever.
        package let belongsToUser: Bool

        package init(key: String, kind: Kind, belongsToUser: Bool) {
            self.key = key
            self.kind = kind
            self.belongsToUser = belongsToUser
        }
    }

    public init(key: String, kind: Kind, failures: Int64, level: Int64, until: Timestamp, updatedAt: Timestamp) {
        self.key = key
        self.kind = kind
        self.failures = failures
        self.level = level
        self.until = until
        self.updatedAt = updatedAt
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.key.utf8.elementsEqual(right.key.utf8) && left.kind == right.kind && left.failures == right.failures
            && left.level == right.level && left.until == right.until && left.updatedAt == right.updatedAt
    }
}

extension Throttle: Record {
    public static let table = "auth_throttles"

    public static let columns: [Column<Throttle>] = [
        Column("key", \.key, index: .unique),
        Column("kind", \.kind),
        Column("failures", \.failures),
        Column("level", \.level),
        Column("until", \.until),
        Column("updated_at", \.updatedAt),
    ]

    public static var blank: Throttle {
        let never = Timestamp(microseconds: 0)
        return Throttle(key: "", kind: .account, failures: 0, level: 0, until: never, updatedAt: never)
    }

    public typealias Key = String
}

extension Throttle.Kind: Storable {
    public static var kind: StoredValue.Kind { .integer }
    public var stored: StoredValue { .integer(rawValue) }

    public init?(stored: StoredValue) {
        guard case .integer(let number) = stored else { return nil }
        self.init(rawValue: number)
    }
}
