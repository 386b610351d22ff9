public import MVPAuth
public import StrictJSON

/// An account as callers see it.
public struct UserResponse: Codable, Sendable, Equatable {
    public let id: UserID
    public let email: String
    public let isActive: Bool
    public let isVerified: Bool
    public let createdAt: Timestamp
    public let updatedAt: Timestamp

    package init(_ user: User) {
        id = user.id
        email = user.email
        isActive = user.isActive
        isVerified = user.isVerified
        createdAt = user.createdAt
        updatedAt = user.updatedAt
    }
}

extension UserResponse: JSONWritable {
    @usableFromInline
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("id", id)
        json.member("email", email)
        json.member("is_active", isActive)
        json.member("is_verified", isVerified)
        json.member("created_at", createdAt.description)
        json.member("updated_at", updatedAt.description)
        json.endObject()
    }
}

extension UserResponse: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "id": "The user: a UUID, written in lower case.",
        "email": MemberMeaning("The address of the account.") { $0.format = "email" },
        "is_active": "Whether the account may be used.",
        "is_verified": "Whether the address has been proved.",
        "created_at": "When the account was created.",
        "updated_at": "When the account was last changed.",
    ]
}
