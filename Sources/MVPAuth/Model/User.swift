/// An account.
public struct User: Sendable, Equatable {
    public let id: UserID
    /// What mail is sent to and what the account is found by: the canonical form, or the exact spelling of an adopted row.
    public var email: String
    public var passwordHash: PasswordHash
    public var isActive: Bool
    public var isVerified: Bool
    public let createdAt: Timestamp
    public var updatedAt: Timestamp
    /// Counts changes of the password. A reset token names the count it was made for and dies with it.
    public var passwordGeneration: Int64
    /// When the password was last set. Reset tokens without a generation die with it, by time.
    public var passwordChangedAt: Timestamp
    /// Access tokens without a session (those of the Python library) are dead when issued no later than this.
    public var revokedBefore: Timestamp?

    public init(
        id: UserID, email: String, passwordHash: PasswordHash, isActive: Bool = true, isVerified: Bool = false,
        createdAt: Timestamp, updatedAt: Timestamp, passwordGeneration: Int64 = 0, passwordChangedAt: Timestamp,
        revokedBefore: Timestamp? = nil
    ) {
        self.id = id
        self.email = email
        self.passwordHash = passwordHash
        self.isActive = isActive
        self.isVerified = isVerified
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.passwordGeneration = passwordGeneration
        self.passwordChangedAt = passwordChangedAt
        self.revokedBefore = revokedBefore
    }
}

/// A stored password hash, in the text form of crypt(5) or PHC.
public struct PasswordHash: Sendable, Equatable, CustomStringConvertible {
    public let text: String
    /// Made elsewhere: only such a hash verifies a password by its first 72 bytes or by its bytes before NFC.
    public let isImported: Bool

    public init(_ text: String, isImported: Bool = false) {
        self.text = text
        self.isImported = isImported
    }

    public var description: String { "<hash>" }

    public static func == (left: Self, right: Self) -> Bool {
        left.isImported == right.isImported && left.text.utf8.elementsEqual(right.text.utf8)
    }
}
