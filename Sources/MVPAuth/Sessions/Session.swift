/// One signed-in device: a chain of refresh tokens, each usable once.
public struct Session: Sendable, Equatable {
    public internal(set) var id: SessionID
    public internal(set) var userID: UserID
    /// Counts rotations. The refresh token that carries this number is the only one that may be exchanged.
    public var generation: Int64
    /// Lower-case hexadecimal SHA-256 of the current refresh token.
    public var refreshTokenHash: String
    /// SHA-256 of the idempotency key of the latest rotation: the same caller, asking again, gets the same answer.
    public var rotationKeyHash: String?
    public var deviceInfo: String?
    public var ipAddress: String?
    public internal(set) var createdAt: Timestamp
    /// When the current generation was issued.
    public var lastUsedAt: Timestamp
    /// The idle limit, moved by each refresh, never past `absoluteExpiresAt`.
    public var expiresAt: Timestamp
    /// Set at login, never moved.
    public internal(set) var absoluteExpiresAt: Timestamp
    /// The latest expiry of any access token issued for the session: how long a revocation must be remembered.
    public var accessExpiresAt: Timestamp
    public var revokedAt: Timestamp?
    /// The app that began it. Nil: none that the configuration named, or an older version did not note it.
    public internal(set) var app: String?

    /// A session that another program revoked may not say when: then it counts from the beginning.
    public internal(set) var isRevoked: Bool {
        get { revokedAt != nil }
        set { revokedAt = newValue ? revokedAt ?? createdAt : nil }
    }

    public init(
        id: SessionID, userID: UserID, generation: Int64 = 0, refreshTokenHash: String, rotationKeyHash: String? = nil,
        deviceInfo: String? = nil, ipAddress: String? = nil, createdAt: Timestamp, lastUsedAt: Timestamp,
        expiresAt: Timestamp, absoluteExpiresAt: Timestamp, accessExpiresAt: Timestamp, revokedAt: Timestamp? = nil,
        app: String? = nil
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
        self.app = app
    }
}

extension Session {
    /// Whether the session may still be refreshed.
    func isLive(at now: Timestamp) -> Bool { !isRevoked && now < expiresAt && now < absoluteExpiresAt }

    /// Whether the session may still be refreshed, or an access token of it may live.
    func mayAct(at now: Timestamp) -> Bool { !isRevoked && (isLive(at: now) || now < accessExpiresAt) }

    /// Whether nothing can refer to the session any more: neither its refresh token nor an access token of it.
    func isOver(before instant: Timestamp) -> Bool {
        guard accessExpiresAt < instant else { return false }
        return min(expiresAt, absoluteExpiresAt) < instant || (revokedAt.map { $0 < instant } ?? false)
    }
}

extension Session: Record {
    public static let table = "auth_sessions"

    public static let columns: [Column<Session>] = [
        Column("id", \.id, index: .unique),
        Column("user_id", \.userID, index: .ordinary),
        Column("generation", \.generation),
        Column("refresh_token_hash", \.refreshTokenHash),
        Column("rotation_key_hash", \.rotationKeyHash),
        Column("device_info", \.deviceInfo),
        Column("ip_address", \.ipAddress),
        Column("created_at", \.createdAt),
        Column("last_used_at", \.lastUsedAt, orElse: \.createdAt),
        Column("expires_at", \.expiresAt),
        Column("absolute_expires_at", \.absoluteExpiresAt),
        Column("access_expires_at", \.accessExpiresAt, orElse: \.createdAt),
        Column("revoked_at", \.revokedAt),
        Column("is_revoked", \.isRevoked),
        Column("app", \.app, index: .ordinary),
    ]

    public static var blank: Session {
        let never = Timestamp(microseconds: 0)
        return Session(
            id: SessionID(high: 0, low: 0), userID: UserID(high: 0, low: 0), refreshTokenHash: "", createdAt: never,
            lastUsedAt: never, expiresAt: never, absoluteExpiresAt: never, accessExpiresAt: never)
    }

    public typealias Key = SessionID
}
