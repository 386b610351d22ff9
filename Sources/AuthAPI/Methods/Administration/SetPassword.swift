package import MVPAuth
package import StrictJSON

package struct SetPassword: RPCMethod {
    package let userID: UserID
    package let password: Secret?

    package init(userID: UserID, password: Secret? = nil) {
        self.userID = userID
        self.password = password
    }

    package static let meanings: [String: MemberMeaning] = [
        "user_id": .account,
        "password": .newPassword("The password from now on; without one, the owner is sent a message to set one."),
    ]

    package typealias Reply = Message

    package static let spec = MethodSpec(
        "admin.set_password",
        "Replaces the password and ends every session, or sends the owner a reset message and changes nothing.",
        role: .admin, cost: .hashing, isSensitive: true, errors: [.userNotFound, .passwordValidation, .userInactive])

    package static let example = (
        params: SetPassword(userID: Examples.userID, password: Examples.newPassword), reply: Messages.passwordChanged
    )
}
