package import MVPAuth
package import StrictJSON

/// A message of the outbox as operators see it. It holds no token: there is none before it is handed over.
package struct OutboxMessage: Codable, Sendable {
    package let id: MessageID
    package let kind: String
    package let state: String
    package let address: String
    package let userID: UserID?
    package let app: String?
    package let attempt: Int
    package let createdAt: Timestamp
    package let dueAt: Timestamp?
    package let expiresAt: Timestamp
    package let settledAt: Timestamp?
    package let lastError: String?

    package init(_ message: EmailMessage) {
        id = message.id
        kind = message.kind.rawValue
        state = message.state.rawValue
        address = message.address
        userID = message.userID
        app = message.app
        attempt = Int(message.attempt)
        createdAt = message.createdAt
        dueAt = message.dueAt.map { max($0, message.createdAt) }
        expiresAt = message.expiresAt
        settledAt = message.settledAt
        lastError = message.lastError
    }
}

extension OutboxMessage: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "id": "The message: the same as the `delivery_id` of its deliveries.",
        "kind": "What it is about: one of the events that `hooks.subscribe` knows.",
        "state": """
        `pending`: it waits; `leased`: it is being handed over; `done`: it was taken, or there was no need for it; \
        `dead`: it was given up. What is done or dead is removed a day later.
        """,
        "address": "Where it goes.",
        "user_id": """
        The user. None: it is a test, or it was asked for an address that is nobody's, and nothing is sent.
        """,
        "app": "The app that caused it.",
        "attempt": "How many times it has been handed over.",
        "created_at": "When it was queued.",
        "due_at": "When it is to be handed over; while it is leased, when it goes to somebody else.",
        "expires_at": "Until when it is worth sending.",
        "settled_at": "Since when it is done or dead.",
        "last_error": "Why it was not taken the last time.",
    ]
}

extension Examples {
    static let outboxMessage = OutboxMessage(
        EmailMessage(
            id: messageID, kind: .verification, userID: userID, addressKey: nil, address: email, app: nil,
            createdAt: instant, expiresAt: instant + 86_400))

    static let droppedMessage = OutboxMessage(
        EmailMessage(
            id: messageID, kind: .verification, userID: userID, addressKey: nil, address: email, app: nil,
            createdAt: instant, expiresAt: instant + 86_400, state: .dead, attempt: 3, dueAt: nil,
            settledAt: instant + 60, lastError: "dropped by an operator"))

    static let testMessage = OutboxMessage(
        EmailMessage(
            id: messageID, kind: .test, userID: nil, addressKey: nil, address: email, app: "shop", createdAt: instant,
            expiresAt: instant + 3600))
}

extension EmailMessage.State: NamedCase {}
