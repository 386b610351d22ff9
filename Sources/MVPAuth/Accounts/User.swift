/// An account.
public struct User: Sendable, Equatable {
    public let id: UserID
    /// The address as it is answered: the canonical form with the domain in the letters that it was written in, or the
    /// exact spelling of an adopted row.
    public var email: String
    /// The canonical form, by which any spelling of the address finds the account.
    public var canonicalEmail: String
    public var passwordHash: PasswordHash
    public var isActive: Bool
    public var isVerified: Bool
    public let createdAt: Timestamp
    public var updatedAt: Timestamp
    /// Counts changes of the password. A reset token names the count it was made for and dies with it.
    public var passwordGeneration: Int64
    /// When the password was last set, or the address changed. Email tokens without a generation die with it, by time.
    public var passwordChangedAt: Timestamp
    /// Access tokens without a session (those of the Python library) are dead when issued no later than this.
    public var revokedBefore: Timestamp?

    /// - Parameter canonicalEmail: `email` itself where nothing else is said.
    public init(
        id: UserID, email: String, canonicalEmail: String? = nil, passwordHash: PasswordHash, isActive: Bool = true,
        isVerified: Bool = false,
        createdAt: Timestamp, updatedAt: Timestamp, passwordGeneration: Int64 = 0, passwordChangedAt: Timestamp,
        revokedBefore: Timestamp? = nil
    ) {
        self.id = id
        self.email = email
        self.canonicalEmail = canonicalEmail ?? email
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
