package import StrictJSON

package struct FindUser: RPCMethod {
    package let email: String

    package static let meanings: [String: MemberMeaning] = [
        "email": .email
    ]

    package typealias Reply = UserResponse

    package init(email: String) {
        self.email = email
    }

    package static let spec = MethodSpec(
        "user.find", "Finds the account of an address, in any spelling of it, active or not.", role: .trusted,
        cost: .store, isIdempotent: true, errors: [.userNotFound])

    package static let example = (params: FindUser(email: Examples.email), reply: Examples.user)
}
