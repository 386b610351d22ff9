package import MVPAuth

/// The rules that the daemon goes by, as far as everybody may know them. Durations in seconds.
package struct PolicyDescription: Codable, Sendable, Equatable {
    package let minPasswordLength: Int
    package let maxPasswordLength: Int
    package let requireEmailVerification: Bool
    package let accessTokenSeconds: Int
    package let refreshTokenSeconds: Int
    package let verificationTokenSeconds: Int
    package let resetTokenSeconds: Int
    package let algorithm: String
    package let passwordAlgorithm: String
    /// What happens to a common password: `refuse` or `allow`.
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

    enum CodingKeys: String, CodingKey, CaseIterable {
        case minPasswordLength = "min_password_length"
        case maxPasswordLength = "max_password_length"
        case requireEmailVerification = "require_email_verification"
        case accessTokenSeconds = "access_token_seconds"
        case refreshTokenSeconds = "refresh_token_seconds"
        case verificationTokenSeconds = "verification_token_seconds"
        case resetTokenSeconds = "reset_token_seconds"
        case algorithm
        case passwordAlgorithm = "password_algorithm"
        case commonPasswords = "common_passwords"
    }

    /// The members by their names on the wire, as text.
    package var members: [(name: String, value: String)] {
        CodingKeys.allCases.map { key in
            let value: any CustomStringConvertible =
                switch key {
                case .minPasswordLength: minPasswordLength
                case .maxPasswordLength: maxPasswordLength
                case .requireEmailVerification: requireEmailVerification
                case .accessTokenSeconds: accessTokenSeconds
                case .refreshTokenSeconds: refreshTokenSeconds
                case .verificationTokenSeconds: verificationTokenSeconds
                case .resetTokenSeconds: resetTokenSeconds
                case .algorithm: algorithm
                case .passwordAlgorithm: passwordAlgorithm
                case .commonPasswords: commonPasswords
                }
            return (key.rawValue, value.description)
        }
    }
}
