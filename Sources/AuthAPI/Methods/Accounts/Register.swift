package import MVPAuth
package import StrictJSON

package struct Register: RPCMethod {
    package let email: String
    package let password: Secret

    package static let meanings: [String: MemberMeaning] = [
        "email": .email,
        "password": .newPassword("The password of the account."),
    ]

    package typealias Reply = UserResponse

    package init(email: String, password: Secret) {
        self.email = email
        self.password = password
    }

    package static let spec = MethodSpec(
        "user.register", "Creates an account and sends a verification message.", cost: .hashing, isSensitive: true,
        errors: [.userExists, .passwordValidation, .validation],
        rest: RESTRoute(.core, .post, "/register", status: 201, body: ["email", "password"]))

    package static let example = (
        params: Register(email: Examples.email, password: Examples.password), reply: Examples.user
    )
}
