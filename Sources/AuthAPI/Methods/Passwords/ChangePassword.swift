package import MVPAuth
package import StrictJSON

package struct ChangePassword: UserParams {
    package let accessToken: Secret?
    package let currentPassword: Secret
    package let newPassword: Secret
    package let userID: UserID?

    package static let meanings = principalMeanings.merging([
        "current_password": "The password that is to be replaced.",
        "new_password": .newPassword("The password from now on."),
    ]) { $1 }

    package typealias Reply = Message

    package init(accessToken: Secret? = nil, userID: UserID? = nil, currentPassword: Secret, newPassword: Secret) {
        self.accessToken = accessToken
        self.userID = userID
        self.currentPassword = currentPassword
        self.newPassword = newPassword
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
