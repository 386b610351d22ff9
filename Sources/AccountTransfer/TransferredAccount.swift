package import MVPAuth
package import StrictJSON

/// An account as a file holds it. What the file does not say is nil.
package struct TransferredAccount: Sendable, Equatable {
    package var id: UserID?
    package var email: String
    /// As the software that made it stores it. Nil: the owner sets a password by a reset.
    package var passwordHash: String?
    package var isVerified: Bool?
    package var isActive: Bool?
    package var createdAt: Timestamp?

    package init(
        id: UserID? = nil, email: String, passwordHash: String? = nil, isVerified: Bool? = nil, isActive: Bool? = nil,
        createdAt: Timestamp? = nil
    ) {
        self.id = id
        self.email = email
        self.passwordHash = passwordHash
        self.isVerified = isVerified
        self.isActive = isActive
        self.createdAt = createdAt
    }

    /// The members of the own format, in their order.
    package static let members = ["id", "email", "password_hash", "is_verified", "is_active", "created_at"]

    /// A line of the own format.
    package var json: JSON {
        var json: JSON = .object([])
        json["id"] = id.map { .string($0.description) }
        json["email"] = .string(email)
        json["password_hash"] = passwordHash.map { .string($0) }
        json["is_verified"] = isVerified.map { .bool($0) }
        json["is_active"] = isActive.map { .bool($0) }
        json["created_at"] = createdAt.map { .string($0.description) }
        return json
    }
}

/// Why a row, or a whole file, cannot be read. Repeats nothing of what is secret.
package struct TransferProblem: Error, Sendable, Equatable {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}

/// What a line of a file came to.
package struct TransferredRow: Sendable {
    /// Where the row begins, counted from 1.
    package let line: Int
    package let account: Result<TransferredAccount, TransferProblem>
}
