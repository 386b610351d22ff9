package import StrictJSON

package struct UnsubscribeHooks: RPCMethod {
    package let subscription: String

    package static let meanings: [String: MemberMeaning] = ["subscription": "The subscription."]

    package init(subscription: String) {
        self.subscription = subscription
    }

    package struct Reply: Codable, Sendable, JSONExplained {
        package static let meanings: [String: MemberMeaning] = [:]

        package init() {}
    }

    package static let spec = MethodSpec(
        "hooks.unsubscribe",
        "Ends a subscription: nothing more is delivered. What was delivered may still be acknowledged on this connection.",
        role: .hooks, cost: .memory, isIdempotent: true)

    package static let example = (
        params: UnsubscribeHooks(subscription: Examples.subscription), reply: Reply()
    )
}
