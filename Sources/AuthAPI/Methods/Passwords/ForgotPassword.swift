package import StrictJSON

package struct ForgotPassword: RPCMethod {
    package let email: String

    package static let meanings: [String: MemberMeaning] = [
        "email": .soughtEmail
    ]

    package typealias Reply = Message

    package init(email: String) {
        self.email = email
    }

    package static let spec = MethodSpec(
        "password.forgot_password", "Sends a reset message, if there is such an account.", cost: .store,
        errors: [.validation],
        rest: RESTRoute(.password, .post, "/forgot-password", body: ["email"]))

    package static let example = (params: ForgotPassword(email: Examples.email), reply: Messages.resetSent)
}
