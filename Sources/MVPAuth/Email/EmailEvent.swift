/// A message as it is handed over, with its token.
public struct EmailEvent: Sendable {
    public typealias Kind = EmailMessage.Kind

    public let delivery: EmailDeliveryID
    public let kind: EmailMessage.Kind
    /// The stored address of the account, never the one in a request; the domain in ASCII.
    public let email: String
    /// Nil for a notice.
    public let token: Secret?
    /// Nil when it is about no account: a test.
    public let userID: UserID?
    /// The app that caused it.
    public let app: String?
    public let createdAt: Timestamp
    public let expiresAt: Timestamp

    package init(
        delivery: EmailDeliveryID, kind: Kind, email: String, token: Secret?, userID: UserID?, app: String?,
        createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.delivery = delivery
        self.kind = kind
        self.email = email
        self.token = token
        self.userID = userID
        self.app = app
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
