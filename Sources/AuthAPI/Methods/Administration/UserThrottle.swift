package import MVPAuth
package import StrictJSON

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
