package import MVPAuth

/// Replaces the password, given the current one.
package struct ChangePassword: UserParams {
    package let accessToken: Secret?
    package let currentPassword: Secret
    package let newPassword: Secret
    package let userID: UserID?

    package typealias Reply = Message

    package init(accessToken: Secret? = nil, userID: UserID? = nil, currentPassword: Secret, newPassword: Secret) {
        self.accessToken = accessToken
        self.userID = userID
        self.currentPassword = currentPassword
        self.newPassword = newPassword
    }

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case currentPassword = "current_password"
        case newPassword = "new_password"
        case userID = "user_id"
    }

    package static let spec = MethodSpec(
        "password.change_password", "Replaces the password, given the current one, and ends every session.",
        cost: .hashing,
        isSensitive: true,
        errors: [
            .tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive, .userNotFound, .invalidCredentials,
            .passwordValidation,
        ],
        wordings: [.wrongCurrentPassword],
        rest: RESTRoute(
            .password, .post, "/change-password", body: ["current_password", "new_password"], isProtected: true))

    package static let example = (
        params: ChangePassword(
            accessToken: Examples.accessToken, currentPassword: Examples.password, newPassword: Examples.newPassword),
        reply: Messages.passwordChanged
    )
}
