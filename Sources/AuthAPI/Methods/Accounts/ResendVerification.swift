package import StrictJSON

package struct ResendVerification: RPCMethod {
    package let email: String

    package static let meanings: [String: MemberMeaning] = [
        "email": .soughtEmail
    ]

    package typealias Reply = Message

    package init(email: String) {
        self.email = email
    }

    package static let spec = MethodSpec(
        "user.resend_verification", "Sends a new verification message, if there is such an unverified account.",
        cost: .store,
        errors: [.validation],
        rest: RESTRoute(.verify, .post, "/resend-verification", body: ["email"]))

    package static let example = (params: ResendVerification(email: Examples.email), reply: Messages.verificationSent)
}
