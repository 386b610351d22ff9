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

    enum CodingKeys: String, CodingKey {
        case id, email
        case isActive = "is_active"
        case isVerified = "is_verified"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
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
