package import MVPAuth

/// Says whether an access token is alive, and its claims. From memory.
package struct VerifyToken: RPCMethod {
    package let accessToken: Secret

    package typealias Reply = TokenPayload

    package init(accessToken: Secret) {
        self.accessToken = accessToken
    }

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
    }

    package static let spec = MethodSpec(
        "token.verify", "Says whether an access token is alive, and its claims.", cost: .memory, isIdempotent: true,
        isSensitive: true, errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive])

    package static let example = (params: VerifyToken(accessToken: Examples.accessToken), reply: Examples.payload)
}
