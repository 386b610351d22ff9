package import MVPAuth
package import StrictJSON

package struct Register: RPCMethod {
    package let email: String
    package let password: Secret
    package let ipAddress: IPAddressText?

    package static let meanings: [String: MemberMeaning] = [
        "email": .email,
        "password": .newPassword("The password of the account."),
        "ip_address": "Where the owner is: one network creates only so many accounts.",
    ]

    package typealias Reply = UserResponse

    package init(email: String, password: Secret, ipAddress: IPAddressText? = nil) {
        self.email = email
        self.password = password
        self.ipAddress = ipAddress
    }

    package static let spec = MethodSpec(
        "user.register", "Creates an account and sends a verification message.", cost: .hashing, isSensitive: true,
        errors: [.userExists, .passwordValidation, .validation],
        rest: RESTRoute(.core, .post, "/register", status: 201, body: ["email", "password"], addsAddress: true))

    package static let example = (
        params: Register(email: Examples.email, password: Examples.password), reply: Examples.user
    )
}
