package import MVPAuth
package import StrictJSON

package struct ListMailbox: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable, JSONExplained {
        package let emails: [HandedOutEmail]

        package static let meanings: [String: MemberMeaning] = [
            "emails": "The last hundred that were handed out, the newest first."
        ]

        package init(emails: [HandedOutEmail]) {
            self.emails = emails
        }
    }

    package static let spec = MethodSpec(
        "hooks.list_mailbox",
        """
        Lists the emails that were handed out lately, with their links. Only a daemon that was started with `--dev` \
        keeps them; any other answers `PERMISSION_DENIED`.
        """,
        role: .hooks, cost: .memory, isIdempotent: true, isSensitive: true)

    package static let example = (
        params: ListMailbox(),
        reply: Reply(emails: [HandedOutEmail(HookEvent.example, handedOutAt: Examples.instant)])
    )
}

/// An email as it was handed out, in development.
package struct HandedOutEmail: Codable, Sendable {
    package let id: MessageID
    package let event: String
    package let email: String
    package let attempt: Int
    package let app: String?
    package let handedOutAt: Timestamp
    package let expiresAt: Timestamp
    package let token: Secret?
    package let link: Secret?

    package init(_ event: EmailEvent, link: Secret?, handedOutAt: Timestamp) {
        id = event.delivery.message
        self.event = event.kind.rawValue
        email = event.email
        attempt = Int(event.delivery.attempt)
        app = event.app
        self.handedOutAt = handedOutAt
        expiresAt = event.expiresAt
        token = event.token
        self.link = link
    }

    fileprivate init(_ event: HookEvent, handedOutAt: Timestamp) {
        id = Examples.messageID
        self.event = event.event
        email = event.email
        attempt = event.attempt
        app = event.app
        self.handedOutAt = handedOutAt
        expiresAt = event.expiresAt
        token = event.token
        link = event.link
    }
}

extension HandedOutEmail: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "id": "The message.",
        "event": "What it is about: one of the events that `hooks.subscribe` knows.",
        "email": "Where it goes.",
        "attempt": "Which attempt this was, from 1.",
        "app": "The app that caused it.",
        "handed_out_at": "When it was handed out last.",
        "expires_at": "Until when it is worth sending.",
        "token": "What proves the address. Notices and tests have none.",
        "link": "Where the person is to go; it holds the token.",
    ]
}
