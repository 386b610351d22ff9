/// What one subscriber of the outbox takes, and for how long.
public struct EmailLease: Sendable {
    /// Names the subscription: unique among all daemons.
    public let owner: String
    public let kinds: Set<EmailMessage.Kind>
    /// Only what this app's users caused. Nil: everything.
    public let app: String?
    /// How many messages it takes at most.
    public let count: Int
    /// How long it may take to answer, in milliseconds.
    public let milliseconds: Int64

    /// Milliseconds that a lease outlasts the subscriber's own time: the answer has a way to go.
    static let margin: Int64 = 5000

    public init(owner: String, kinds: Set<EmailMessage.Kind>, app: String?, count: Int, milliseconds: Int64) {
        self.owner = owner
        self.kinds = kinds
        self.app = app
        self.count = max(1, count)
        self.milliseconds = milliseconds
    }
}

/// Messages that a subscriber holds from now on.
package struct LeasedMessages: Sendable {
    package let messages: [EmailMessage]
    /// When the next message falls due, by the clock that said `now`. Nil: there is none.
    package let nextDue: Timestamp?
    package let now: Timestamp
}

/// One handing over of a message: an answer counts for this one only.
public struct EmailDeliveryID: Sendable, Hashable {
    public let message: MessageID
    public let attempt: Int64
    public let owner: String

    public init(message: MessageID, attempt: Int64, owner: String) {
        self.message = message
        self.attempt = attempt
        self.owner = owner
    }
}

/// What became of a message that was handed over. Reasons are shown to operators, and hold no secret.
public enum EmailVerdict: Sendable, Equatable {
    case success
    case retry(afterMilliseconds: Int64, reason: String?)
    case drop(reason: String?)
}

/// A notice that an operation sends when it has done its work.
public struct EmailNotice: Sendable {
    public let id: MessageID
    public let kind: EmailMessage.Kind
    /// The app that caused it.
    public let app: String?

    /// Seconds that a notice is worth sending.
    static let lifetime: Int64 = 86_400

    public init(id: MessageID, kind: EmailMessage.Kind, app: String?) {
        self.id = id
        self.kind = kind
        self.app = app
    }
}
