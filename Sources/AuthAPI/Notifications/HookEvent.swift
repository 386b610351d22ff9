package import MVPAuth
package import StrictJSON

package struct HookEvent: RPCNotification {
    package let subscription: String
    package let deliveryID: String
    package let attempt: Int
    package let event: String
    package let email: String
    package let token: Secret?
    package let userID: UserID?
    package let app: String?
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    package let link: Secret?

    package static let meanings: [String: MemberMeaning] = [
        "subscription": "The subscription that it belongs to.",
        "delivery_id": "The delivery: the same for every attempt.",
        "attempt": "Which attempt this is, from 1.",
        "event": "What the message is about: one of those that `hooks.subscribe` knows.",
        "email": "The stored address of the account, its domain in ASCII.",
        "token": "What proves the address. Notices and tests have none.",
        "user_id": "The user. A test has none.",
        "app": "The app that caused it.",
        "created_at": "When it happened.",
        "expires_at": "Until when it is worth sending.",
        "link": "Where the person is to go; it holds the token.",
    ]

    package init(_ event: EmailEvent, subscription: String, link: Secret?) {
        self.subscription = subscription
        deliveryID = event.delivery.message.description
        attempt = Int(event.delivery.attempt)
        self.event = event.kind.rawValue
        email = event.email
        token = event.token
        userID = event.userID
        app = event.app
        createdAt = event.createdAt
        expiresAt = event.expiresAt
        self.link = link
    }

    package static let spec = NotificationSpec("hooks.event", "A message to send.", role: .hooks)

    package static let example = HookEvent(
        EmailEvent(
            delivery: EmailDeliveryID(message: Examples.messageID, attempt: 1, owner: Examples.subscription),
            kind: .verification, email: Examples.email, token: Examples.emailToken, userID: Examples.userID,
            app: "shop", createdAt: Examples.instant, expiresAt: Examples.instant + 86_400),
        subscription: Examples.subscription,
        link: Secret("https://shop.example.org/verify-email?token=\(Examples.emailToken.reveal())"))
}
