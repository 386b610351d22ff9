/// What a token is for. Checked wherever a token is accepted; the kinds are mutually exclusive (RFC 8725 §3.11).
public enum TokenKind: String, Sendable, CaseIterable {
    case access
    case refresh
    case emailVerify = "email_verify"
    case passwordReset = "password_reset"
    /// Proves a device and signs nobody in. Under a key of its own.
    case device
}

/// The claims of a token whose signature and structure have been checked. Whether it is still alive is asked elsewhere.
public struct Claims: Sendable, Equatable {
    public var kind: TokenKind
    public var subject: UserID
    /// Printable ASCII, at most 64 bytes.
    public var tokenID: String
    /// Whole seconds since 1970 (RFC 7519 §2).
    public var issuedAt: Int64
    public var expiresAt: Int64
    public var notBefore: Int64?
    public var sessionID: SessionID?
    /// On refresh tokens the session's generation, on reset tokens the password's.
    public var generation: Int64?
    /// On email tokens: the address that the token was made for.
    public var email: String?
    public var issuer: String?
    public var audience: String?
    public var app: String?

    public init(
        kind: TokenKind, subject: UserID, tokenID: String, issuedAt: Int64, expiresAt: Int64, notBefore: Int64? = nil,
        sessionID: SessionID? = nil, generation: Int64? = nil, email: String? = nil, issuer: String? = nil,
        audience: String? = nil, app: String? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.tokenID = tokenID
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.notBefore = notBefore
        self.sessionID = sessionID
        self.generation = generation
        self.email = email
        self.issuer = issuer
        self.audience = audience
        self.app = app
    }
}
