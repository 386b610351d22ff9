/// A message that somebody should receive. The library sends no email; it hands this over.
public struct EmailEvent: Sendable {
    public let id: String
    public let kind: Kind
    /// The stored address of the account, never the one in a request.
    public let email: String
    public let token: Secret
    public let userID: UserID
    public let createdAt: Timestamp
    public let expiresAt: Timestamp

    public enum Kind: String, Sendable, CaseIterable {
        case verification = "verification_email"
        case passwordReset = "password_reset_email"
    }

    public init(
        id: String, kind: Kind, email: String, token: Secret, userID: UserID, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.email = email
        self.token = token
        self.userID = userID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// Takes messages for delivery. Returns at once; nobody waits for a mail server.
public protocol EmailOutbox: Sendable {
    func submit(_ event: EmailEvent)

    /// Does what `submit` does, as far as time tells, for a message that goes to nobody.
    func pretend(_ event: EmailEvent)
}

extension EmailOutbox {
    /// Where submitting takes no time worth telling.
    public func pretend(_ event: EmailEvent) {}
}

/// Drops every message: for apps that use neither verification nor reset.
public struct NoEmail: EmailOutbox {
    public init() {}

    public func submit(_ event: EmailEvent) {}
}
