/// An account.
public struct User: Sendable, Equatable {
    public internal(set) var id: UserID
    /// The address as it is answered: the canonical form with the domain in the letters that it was written in, or the
    /// exact spelling of an adopted row.
    public var email: String
    /// The canonical form, by which any spelling of the address finds the account. Nil: only the exact spelling does; the
    /// form belongs to another account (both adopted).
    public var emailKey: String?
    public var passwordHash: PasswordHash
    public var isActive: Bool
    public var isVerified: Bool
    public internal(set) var createdAt: Timestamp
    public var updatedAt: Timestamp
    /// Counts changes of the password. A reset token names the count it was made for and dies with it.
    public var passwordGeneration: Int64
    /// When the password was last set, or the address changed. Email tokens without a generation die with it, by time.
    public var passwordChangedAt: Timestamp
    /// Access tokens without a session (those of the Python library) are dead when issued no later than this.
    public var revokedBefore: Timestamp?

    public var canonicalEmail: String { emailKey ?? email }

    /// - Parameter canonicalEmail: `email` itself where nothing else is said.
    public init(
        id: UserID, email: String, canonicalEmail: String? = nil, passwordHash: PasswordHash, isActive: Bool = true,
        isVerified: Bool = false,
        createdAt: Timestamp, updatedAt: Timestamp, passwordGeneration: Int64 = 0, passwordChangedAt: Timestamp,
        revokedBefore: Timestamp? = nil
    ) {
        self.id = id
        self.email = email
        emailKey = canonicalEmail ?? email
        self.passwordHash = passwordHash
        self.isActive = isActive
        self.isVerified = isVerified
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.passwordGeneration = passwordGeneration
        self.passwordChangedAt = passwordChangedAt
        self.revokedBefore = revokedBefore
    }

    /// What mail is sent to: `email` with the domain in ASCII, as every mail server takes it (RFC 5321 §2.3.5).
    var mailAddress: String {
        let at = UInt8(ascii: "@")
        guard let split = email.utf8.lastIndex(of: at), !email.utf8[split...].allSatisfy({ $0 < 0x80 }),
            let domain = canonicalEmail.utf8.lastIndex(of: at)
        else { return email }
        return String(email[..<split] + canonicalEmail[domain...])
    }
}

extension User: Record {
    public static let table = "auth_users"

    public static let columns: [Column<User>] = [
        Column("id", \.id, index: .unique),
        Column("email", \.email, index: .unique),
        Column("email_key", \.emailKey, index: .unique),
        Column("hashed_password", \.passwordHash.text),
        Column("hash_imported", \.passwordHash.isImported),
        Column("is_active", \.isActive, index: .ordinary),
        Column("is_verified", \.isVerified),
        Column("created_at", \.createdAt),
        Column("updated_at", \.updatedAt),
        Column("password_generation", \.passwordGeneration),
        Column("password_changed_at", \.passwordChangedAt, orElse: \.createdAt),
        Column("revoked_before", \.revokedBefore),
    ]

    public static var blank: User {
        let never = Timestamp(microseconds: 0)
        return User(
            id: UserID(high: 0, low: 0), email: "", passwordHash: PasswordHash(""), createdAt: never, updatedAt: never,
            passwordChangedAt: never)
    }

    public typealias Key = UserID
}

/// A stored password hash, in the text form of crypt(5), of PHC, or of the software that made it.
public struct PasswordHash: Sendable, Equatable, CustomStringConvertible {
    public internal(set) var text: String
    /// Made elsewhere: only such a hash verifies a password by its first 72 bytes or by its bytes before NFC.
    public internal(set) var isImported: Bool

    public init(_ text: String, isImported: Bool = false) {
        self.text = text
        self.isImported = isImported
    }

    /// No password: none is right until one has been set.
    public static let none = PasswordHash("!")

    /// What a password can be compared with. Nil: nothing.
    var comparable: PasswordHash? { self == .none ? nil : self }

    /// How it was made, in a word, without a part of the hash itself: `bcrypt`, `argon2id`, or what the hash says of
    /// itself. Nil: there is no password.
    package var scheme: String? {
        guard self != .none else { return nil }
        let fields = text.utf8.split(separator: UInt8(ascii: "$"), maxSplits: 2, omittingEmptySubsequences: true)
        guard fields.count > 1, let name = fields.first.map({ String(decoding: $0, as: UTF8.self) }),
            name.utf8.count <= 32, name.utf8.allSatisfy({ ($0 | 0x20) >= 0x61 || "0123456789_-".utf8.contains($0) })
        else { return "unknown" }
        return ["2a", "2b", "2y"].contains(name) ? "bcrypt" : name
    }

    public var description: String { "<hash>" }

    public static func == (left: Self, right: Self) -> Bool {
        left.isImported == right.isImported && left.text.utf8.elementsEqual(right.text.utf8)
    }
}
