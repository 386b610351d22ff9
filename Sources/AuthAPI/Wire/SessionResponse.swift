public import MVPAuth

/// A signed-in device as its owner sees it.
public struct SessionResponse: Codable, Sendable, Equatable {
    public let id: SessionID
    public let deviceInfo: String?
    public let ipAddress: String?
    public let createdAt: Timestamp
    public let lastUsedAt: Timestamp
    public let expiresAt: Timestamp
    public let isRevoked: Bool
    /// Whether the call was made from this session.
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
        case id
        case deviceInfo = "device_info"
        case ipAddress = "ip_address"
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case isRevoked = "is_revoked"
        case lastUsedAt = "last_used_at"
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
