public import MVPAuth
package import StrictJSON

/// A signed-in device as its owner sees it.
public struct SessionResponse: Codable, Sendable, Equatable {
    public let id: SessionID
    public let deviceInfo: String?
    public let ipAddress: String?
    public let createdAt: Timestamp
    public let lastUsedAt: Timestamp
    public let expiresAt: Timestamp
    public let isRevoked: Bool
    public let isCurrent: Bool

    package init(_ session: Session, current: SessionID?) {
        id = session.id
        deviceInfo = session.deviceInfo
        ipAddress = session.ipAddress
        createdAt = session.createdAt
        lastUsedAt = session.lastUsedAt
        expiresAt = session.expiresAt
        isRevoked = session.isRevoked
        isCurrent = session.id == current
    }

    enum CodingKeys: String, CodingKey {
        case id, deviceInfo, ipAddress, createdAt, expiresAt, isRevoked, lastUsedAt
        case isCurrent = "current"
    }

    /// Written with null where nothing is known, so that the shape is always the same.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(deviceInfo, forKey: .deviceInfo)
        try container.encode(ipAddress, forKey: .ipAddress)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(expiresAt, forKey: .expiresAt)
        try container.encode(isRevoked, forKey: .isRevoked)
        try container.encode(lastUsedAt, forKey: .lastUsedAt)
        try container.encode(isCurrent, forKey: .isCurrent)
    }
}

extension SessionResponse: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "id": "The session: a UUID, written in lower case.",
        "device_info": "The device, as whoever signed in described it.",
        "ip_address": "The address from which the session was last used.",
        "created_at": "When it was begun.",
        "expires_at": "When it ends unless it is used before.",
        "is_revoked": "Whether the session was ended.",
        "last_used_at": "When it was begun or last refreshed.",
        "current": "Whether the call was made from this session.",
    ]
}
