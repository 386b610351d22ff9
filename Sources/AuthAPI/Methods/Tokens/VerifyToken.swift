package import MVPAuth
package import StrictJSON

package struct VerifyToken: RPCMethod {
    package let accessToken: Secret

    package static let meanings: [String: MemberMeaning] = [
        "access_token": .accessToken
    ]

    package typealias Reply = TokenPayload

    package init(accessToken: Secret) {
        self.accessToken = accessToken
    }

    package static let spec = MethodSpec(
        "token.verify", "Says whether an access token is alive, and its claims.", cost: .memory, isIdempotent: true,
        isSensitive: true, errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive])

    package static let example = (params: VerifyToken(accessToken: Examples.accessToken), reply: Examples.payload)
}
