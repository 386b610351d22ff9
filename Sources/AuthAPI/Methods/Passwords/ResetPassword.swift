package import MVPAuth
package import StrictJSON

package struct ResetPassword: RPCMethod {
    package let token: Secret
    package let newPassword: Secret

    package static let meanings: [String: MemberMeaning] = [
        "token": .emailedToken,
        "new_password": .newPassword("The password from now on."),
    ]

    package typealias Reply = Message

    package init(token: Secret, newPassword: Secret) {
        self.token = token
        self.newPassword = newPassword
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
