package import MVPAuth
package import StrictJSON

/// The rules that the daemon goes by, as far as everybody may know them. Durations in seconds.
package struct PolicyDescription: Codable, Sendable, Equatable, JSONExplained {
    package let minPasswordLength: Int
    package let maxPasswordLength: Int
    package let requireEmailVerification: Bool
    package let accessTokenSeconds: Int
    package let refreshTokenSeconds: Int
    package let verificationTokenSeconds: Int
    package let resetTokenSeconds: Int
    package let algorithm: String
    package let passwordAlgorithm: String
    package let commonPasswords: String

    package init(_ policy: AuthPolicy, algorithm: String, passwordAlgorithm: String) {
        minPasswordLength = policy.password.minimumLength
        maxPasswordLength = policy.password.maximumLength
        requireEmailVerification = policy.requiresVerifiedEmail
        accessTokenSeconds = Int(policy.accessTokenLifetime)
        refreshTokenSeconds = Int(policy.usableRefreshLifetime)
        verificationTokenSeconds = Int(policy.verificationTokenLifetime)
        resetTokenSeconds = Int(policy.resetTokenLifetime)
        self.algorithm = algorithm
        self.passwordAlgorithm = passwordAlgorithm
        commonPasswords = policy.password.refusesCommon ? "refuse" : "allow"
    }

    package static let meanings: [String: MemberMeaning] = [
        "min_password_length": "The fewest characters of a new password.",
        "max_password_length": "The most characters of a new password.",
        "require_email_verification": "Whether an address must be proved before anybody can sign in with it.",
        "access_token_seconds": "For how long an access token lives.",
        "refresh_token_seconds": "For how long a refresh token can be used.",
        "verification_token_seconds": "For how long a link that proves an address works.",
        "reset_token_seconds": "For how long a link that resets a password works.",
        "algorithm": "How tokens are signed.",
        "password_algorithm": "How new passwords are hashed.",
        "common_passwords": "What happens to a new password that is a common one: `refuse` or `allow`.",
    ]

    /// The members by their names on the wire, as text.
    package var members: [(name: String, value: String)] {
        guard case .object(let members)? = try? JSON(encoding: self) else { return [] }
        return members.map { ($0.name, $0.value.string ?? String(decoding: $0.value.text, as: UTF8.self)) }
    }
}
