internal import MVPAuth
internal import StrictJSON

/// What members mean that several methods have.
extension MemberMeaning {
    static let accessToken: Self = "A living access token."
    static let refreshToken: Self = "A refresh token: it works once."
    static let emailedToken: Self = "The token that was sent to the address."
    static let account: Self = "The account: a UUID, written in lower case."
    static let deviceInfo: Self = "The device, as the owner of the session will see it."
    static let ipAddress: Self = "The address from which the session is used."

    /// An address that a caller sends.
    static let email = Self("The address of the account.") { shape in
        shape.format = "email"
        shape.maximumLength = InputRules.longestEmail
    }

    /// One that is looked for: what can be nobody's address is answered as what is nobody's.
    static let soughtEmail = Self("The address of the account.") { $0.format = "email" }

    /// A password that is to be set.
    static func newPassword(_ summary: String) -> Self {
        let rule = """
            At least 8 characters (the service may be set to want more), at most 128, not the account's address or a \
            part of it, and none of the most common passwords, unless the service is set to allow those.
            """
        return Self(summary + " " + rule) { shape in
            let policy = PasswordPolicy()
            shape.minimumLength = policy.minimumLength
            shape.maximumLength = policy.maximumLength
        }
    }
}
