package import MVPAuth
package import StrictJSON

package struct ListMessages: RPCMethod {
    package let state: EmailMessage.State?
    package let kind: EmailMessage.Kind?
    package let userID: UserID?
    package let cursor: String?
    package let limit: BoundedNumber<PageSize>?

    package static let meanings: [String: MemberMeaning] = [
        "state": "Only those in this state.",
        "kind": "Only those about this.",
        "user_id": "Only those to this user.",
        "cursor": "What the page before gave as `next`, with the same filter.",
        "limit": "How many at most; 50 when it is left out.",
    ]

    package init(
        state: EmailMessage.State? = nil, kind: EmailMessage.Kind? = nil, userID: UserID? = nil, cursor: String? = nil,
        limit: Int? = nil
    ) {
        self.state = state
        self.kind = kind
        self.userID = userID
        self.cursor = cursor
        self.limit = limit.flatMap { BoundedNumber($0) }
    }

    package struct Reply: Codable, Sendable, JSONExplained {
        package let messages: [OutboxMessage]
        package let next: String?

        package static let meanings: [String: MemberMeaning] = [
            "messages": "The messages, the newest first.",
            "next": "Where the next page begins. None: this was the last.",
        ]

        package init(messages: [OutboxMessage], next: String?) {
            self.messages = messages
            self.next = next
        }
    }

    package static let spec = MethodSpec(
        "admin.list_messages", "Lists the messages of the outbox, without their tokens.", role: .admin, cost: .store,
        isIdempotent: true)

    package static let example = (
        params: ListMessages(state: .pending, kind: .verification, limit: 50),
        reply: Reply(messages: [Examples.outboxMessage], next: nil)
    )
}
