package import MVPAuth
package import StrictJSON

/// An account that goes from one service to another.
package struct TransferredUser: Codable, Sendable, JSONExplained {
    package let id: UserID?
    package let email: String
    package let passwordHash: Secret?
    package let isVerified: Bool?
    package let isActive: Bool?
    package let createdAt: Timestamp?

    package init(
        id: UserID? = nil, email: String, passwordHash: Secret? = nil, isVerified: Bool? = nil, isActive: Bool? = nil,
        createdAt: Timestamp? = nil
    ) {
        self.id = id
        self.email = email
        self.passwordHash = passwordHash
        self.isVerified = isVerified
        self.isActive = isActive
        self.createdAt = createdAt
    }

    package static let meanings: [String: MemberMeaning] = [
        "id": "The identifier of the account; a new one when it is left out.",
        "email": .email,
        "password_hash": """
        The password hash, as the software that made it stores it. Where there is none, the owner sets a password by a reset.
        """,
        "is_verified": "Whether the address has been proved; false when it is left out.",
        "is_active": "Whether the account may be used; true when it is left out.",
        "created_at": "When the account was made; now when it is left out.",
    ]
}
