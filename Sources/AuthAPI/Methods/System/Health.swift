package import MVPAuth
package import StrictJSON

package struct Health: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable, JSONExplained {
        package let status: String
        package let store: String
        package let messages: OutboxHealth?
        package let notes: [String]?

        /// - Parameter messages: nil for whoever is not to know.
        package init(messages: OutboxHealth? = nil) {
            status = "ok"
            store = "ok"
            self.messages = messages
            notes = messages.map { $0.notes }
        }

        package static let meanings: [String: MemberMeaning] = [
            "status": "Always `ok`: a service that is not well answers with an error.",
            "store": "Always `ok`: the store was asked.",
            "messages": """
            The outbox, for callers with the role `admin`: by its length anybody else could find out whether an address \
            has an account.
            """,
            "notes": """
            What an operator should look at, in sentences, for callers with the role `admin`. Calls are served all the \
            same.
            """,
        ]
    }

    package static let spec = MethodSpec(
        "system.health", "Says whether calls can be served.", role: .any, cost: .store, isIdempotent: true)

    package static let example = (
        params: Health(),
        reply: Reply(
            messages: OutboxHealth(MessageBacklog(pending: 3, dead: 1, oldestSeconds: 75), isSubscribed: false))
    )
}

/// How the outbox is.
package struct OutboxHealth: Codable, Sendable {
    package let pending: Int
    package let dead: Int
    package let oldestSeconds: Int?
    package let isSubscribed: Bool

    package init(_ backlog: MessageBacklog, isSubscribed: Bool) {
        pending = backlog.pending
        dead = backlog.dead
        oldestSeconds = backlog.oldestSeconds
        self.isSubscribed = isSubscribed
    }

    enum CodingKeys: String, CodingKey {
        case pending, dead, oldestSeconds
        case isSubscribed = "subscribed"
    }

    /// Seconds that messages may wait for somebody to subscribe before that is worth a note: a mailer that is restarted
    /// takes less.
    private static let patience = 60

    fileprivate var notes: [String] {
        guard !isSubscribed, let oldestSeconds, oldestSeconds > Self.patience else { return [] }
        let count = pending == 1 ? "One email waits" : "\(pending) emails wait, the oldest"
        return ["\(count) for \(oldestSeconds) s, and nobody is subscribed to send them: is mvp-auth-mail running?"]
    }
}

extension OutboxHealth: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "pending": "Messages that wait or are being handed over; counted up to 10000.",
        "dead": "Messages that were given up within the last day; counted up to 10000.",
        "oldest_seconds": "For how long the oldest of those that are pending has been there.",
        "subscribed": "Whether anybody is subscribed to this daemon who sends messages.",
    ]
}
