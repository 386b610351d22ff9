package import MVPAuth
package import StrictJSON

package struct GetUser: RPCMethod {
    package let userID: UserID?
    package let email: String?

    package init(userID: UserID? = nil, email: String? = nil) {
        self.userID = userID
        self.email = email
    }

    package static let meanings: [String: MemberMeaning] = [
        "user_id": "The account, or `email`.",
        "email": MemberMeaning("The address of the account, in any spelling of it.") { $0.format = "email" },
    ]

    package struct Reply: Codable, Sendable, JSONExplained {
        package let user: AdminUser
        package let sessions: Int
        package let messages: Int
        package let throttle: [UserThrottle]

        package init(user: AdminUser, sessions: Int, messages: Int, throttle: [UserThrottle]) {
            self.user = user
            self.sessions = sessions
            self.messages = messages
            self.throttle = throttle
        }

        package static let meanings: [String: MemberMeaning] = [
            "user": "The account.",
            "sessions": "How many sessions are live.",
            "messages": "How many messages to its owner wait to be sent.",
            "throttle": """
            What is counted against attempts at it, where there were any that failed. Devices are counted too, and \
            known by their tokens only.
            """,
        ]
    }

    package static let spec = MethodSpec(
        "admin.get_user", "Tells of one account: by `user_id` or by `email`.", role: .admin, cost: .store,
        isIdempotent: true, errors: [.userNotFound])

    package static let example = (
        params: GetUser(email: Examples.email),
        reply: Reply(
            user: Examples.adminUser, sessions: 2, messages: 1,
            throttle: [UserThrottle(kind: .strangers, failures: 3, level: 3, until: nil, closed: false)])
    )
}
