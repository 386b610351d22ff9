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

/// What is counted against attempts at an account by some of those who make them.
package struct UserThrottle: Codable, Sendable, JSONExplained {
    package let kind: Kind
    package let failures: Int
    package let level: Int
    package let until: Timestamp?
    package let closed: Bool

    package enum Kind: String, NamedCase {
        case strangers
        case knownNetwork = "known_network"
        case passwordChange = "password_change"
        case everybody
    }

    package init(kind: Kind, failures: Int, level: Int, until: Timestamp?, closed: Bool) {
        self.kind = kind
        self.failures = failures
        self.level = level
        self.until = until
        self.closed = closed
    }

    package static let meanings: [String: MemberMeaning] = [
        "kind": """
        Whose failures are counted together: those of whoever is not known to the account (`strangers`), of one network \
        where it has a session (`known_network`), of whoever is signed in and says the password to change it \
        (`password_change`), or of all (`everybody`).
        """,
        "failures": "Failures since the last success.",
        "level": "What the delay goes by: it falls by one in an hour without a failure.",
        "until": "Until when they are turned away. Absent where they are not, or for good.",
        "closed": "Whether waiting does not help them.",
    ]
}
