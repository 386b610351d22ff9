package import StrictJSON

package struct SendTestMessage: RPCMethod {
    package let email: String
    package let app: BoundedText<AppNameBound>?

    package static let meanings: [String: MemberMeaning] = [
        "email": "Where it goes: any address, an account's or not.",
        "app": "The app that it is sent for, so that it takes the way of that app's messages.",
    ]

    package init(email: String, app: String? = nil) {
        self.email = email
        self.app = app.flatMap { BoundedText($0) }
    }

    package typealias Reply = OutboxMessage

    package static let spec = MethodSpec(
        "admin.send_test_message",
        "Queues a message that says only that messages arrive. It goes the way of all messages, and has no token.",
        role: .admin, cost: .store, errors: [.validation])

    package static let example = (
        params: SendTestMessage(email: Examples.email, app: "shop"), reply: Examples.testMessage
    )
}

package enum AppNameBound: TextBound {
    package static var maximumCharacters: Int { 64 }
}
