/// A token that must not be accepted again, until it has expired anyway.
public struct BlockedToken: Sendable, Equatable {
    public internal(set) var tokenID: String
    public internal(set) var kind: TokenKind
    public internal(set) var expiresAt: Timestamp

    public init(tokenID: String, kind: TokenKind, expiresAt: Timestamp) {
        self.tokenID = tokenID
        self.kind = kind
        self.expiresAt = expiresAt
    }
}

extension BlockedToken: Record {
    public static let table = "auth_blocked_tokens"

    public static let columns: [Column<BlockedToken>] = [
        Column("jti", \.tokenID, index: .unique),
        Column("token_type", \.kind),
        Column("expires_at", \.expiresAt),
    ]

    public static var blank: BlockedToken {
        BlockedToken(tokenID: "", kind: .access, expiresAt: Timestamp(microseconds: 0))
    }

    public typealias Key = String
}

extension TokenKind: Storable {}
