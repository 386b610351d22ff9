package import MVPAuth
package import StrictJSON

package struct VerifyEmail: RPCMethod {
    package let token: Secret

    package static let meanings: [String: MemberMeaning] = [
        "token": .emailedToken
    ]

    package typealias Reply = UserResponse

    package init(token: Secret) {
        self.token = token
    }

    package static let spec = MethodSpec(
        "user.verify_email", "Proves an address by the token that was sent to it.", cost: .store, isSensitive: true,
        errors: [.invalidVerificationToken, .alreadyVerified, .userInactive],
        rest: RESTRoute(.verify, .post, "/verify-email", body: ["token"]))

    package static let example = (params: VerifyEmail(token: Examples.emailToken), reply: Examples.user)
}
