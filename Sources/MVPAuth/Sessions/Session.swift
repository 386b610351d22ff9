/// One signed-in device: a chain of refresh tokens, each usable once.
public struct Session: Sendable, Equatable {
    public let id: SessionID
    public let userID: UserID
    /// Counts rotations. The refresh token that carries this number is the only one that may be exchanged.
    public var generation: Int64
    /// Lower-case hexadecimal SHA-256 of the current refresh token.
    public var refreshTokenHash: String
    /// SHA-256 of the idempotency key of the latest rotation: the same caller, asking again, gets the same answer.
    public var rotationKeyHash: String?
    public var deviceInfo: String?
    public var ipAddress: String?
    public let createdAt: Timestamp
    /// When the current generation was issued.
    public var lastUsedAt: Timestamp
    /// The idle limit, moved by each refresh, never past `absoluteExpiresAt`.
    public var expiresAt: Timestamp
    /// Set at login, never moved.
    public let absoluteExpiresAt: Timestamp
    /// The latest expiry of any access token issued for the session: how long a revocation must be remembered.
    public var accessExpiresAt: Timestamp
    public var revokedAt: Timestamp?

    public var isRevoked: Bool { revokedAt != nil }

    public init(
        id: SessionID, userID: UserID, generation: Int64 = 0, refreshTokenHash: String, rotationKeyHash: String? = nil,
        deviceInfo: String? = nil, ipAddress: String? = nil, createdAt: Timestamp, lastUsedAt: Timestamp,
        expiresAt: Timestamp, absoluteExpiresAt: Timestamp, accessExpiresAt: Timestamp, revokedAt: Timestamp? = nil
    ) {
        self.id = id
        self.userID = userID
        self.generation = generation
        self.refreshTokenHash = refreshTokenHash
        self.rotationKeyHash = rotationKeyHash
        self.deviceInfo = deviceInfo
        self.ipAddress = ipAddress
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.absoluteExpiresAt = absoluteExpiresAt
        self.accessExpiresAt = accessExpiresAt
        self.revokedAt = revokedAt
    }
}
