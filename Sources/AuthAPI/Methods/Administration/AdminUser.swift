package import MVPAuth
package import StrictJSON

/// An account as operators see it.
package struct AdminUser: Codable, Sendable, JSONExplained {
    package let id: UserID
    package let email: String
    package let isActive: Bool
    package let isVerified: Bool
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let lastLoginAt: Timestamp?
    package let password: Password?

    /// How the password is kept; nothing of the hash itself.
    package struct Password: Codable, Sendable, JSONExplained {
        package let scheme: String
        package let imported: Bool
        package let changedAt: Timestamp

        package static let meanings: [String: MemberMeaning] = [
            "scheme": "How it is hashed: `bcrypt`, `argon2id`, or what the hash says of itself.",
            "imported": "Whether the hash was made elsewhere.",
            "changed_at": "When the password, or the address, was last set.",
        ]
    }

    package init(_ user: User, lastLoginAt: Timestamp? = nil) {
        id = user.id
        email = user.email
        isActive = user.isActive
        isVerified = user.isVerified
        createdAt = user.createdAt
        updatedAt = user.updatedAt
        self.lastLoginAt = lastLoginAt
        password = user.passwordHash.scheme.map {
            Password(scheme: $0, imported: user.passwordHash.isImported, changedAt: user.passwordChangedAt)
        }
    }

    package static let meanings: [String: MemberMeaning] = UserResponse.meanings.merging([
        "last_login_at": """
        When the latest of its sessions began. Absent where none is kept any more: a session is, until a day after nothing \
        of it lives.
        """,
        "password": "How the password is kept. Absent where there is none: the owner can set one by a reset.",
    ]) { $1 }
}
