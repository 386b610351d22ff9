package import StrictJSON

package struct SubscribeHooks: RPCMethod {
    package let events: [String]?
    package let prefetch: BoundedNumber<Prefetch>?
    package let ackTimeoutMS: BoundedNumber<AckTimeout>?

    package static let meanings: [String: MemberMeaning] = [
        "events": """
        The messages that the subscriber sends: `verification_email`, `password_reset_email`, `password_changed`, \
        `sessions_ended`, `test_email`; all of them when it is left out. Names of later versions are ignored.
        """,
        "prefetch": "How many deliveries may be unacknowledged at the same time; 10 when it is left out.",
        "ack_timeout_ms":
            "After how many milliseconds a delivery that was not acknowledged is made again; 30000 when it is left out.",
    ]

    package init(events: [String]? = nil, prefetch: Int? = nil, ackTimeoutMS: Int? = nil) {
        self.events = events
        self.prefetch = prefetch.flatMap { BoundedNumber($0) }
        self.ackTimeoutMS = ackTimeoutMS.flatMap { BoundedNumber($0) }
    }

    package struct Reply: Codable, Sendable, JSONExplained {
        package let subscription: String

        package static let meanings: [String: MemberMeaning] = [
            "subscription": "The subscription. It ends with the connection."
        ]

        package init(subscription: String) {
            self.subscription = subscription
        }
    }

    package static let spec = MethodSpec(
        "hooks.subscribe",
        "Asks for messages to send. They come as `hooks.event`, each to one subscriber, who answers with `hooks.ack`.",
        role: .hooks, cost: .memory)

    package static let example = (
        params: SubscribeHooks(
            events: ["verification_email", "password_reset_email"], prefetch: 10, ackTimeoutMS: 30_000),
        reply: Reply(subscription: Examples.subscription)
    )
}
