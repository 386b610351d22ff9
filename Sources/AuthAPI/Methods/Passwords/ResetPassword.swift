package import MVPAuth

/// Sets a new password by the token that was sent to the account's address.
package struct ResetPassword: RPCMethod {
    package let token: Secret
    package let newPassword: Secret

    package typealias Reply = Message

    package init(token: Secret, newPassword: Secret) {
        self.token = token
        self.newPassword = newPassword
    }

    enum CodingKeys: String, CodingKey {
        case token
        case newPassword = "new_password"
    }

    package static let spec = MethodSpec(
        "password.reset_password", "Sets a new password by an emailed token and ends every session.", cost: .hashing,
        isSensitive: true, errors: [.invalidVerificationToken, .passwordValidation, .userInactive],
        wordings: [.invalidResetToken],
        rest: RESTRoute(.password, .post, "/reset-password", body: ["token", "new_password"]))

    package static let example = (
        params: ResetPassword(token: Examples.emailToken, newPassword: Examples.newPassword),
        reply: Messages.passwordReset
    )
}
