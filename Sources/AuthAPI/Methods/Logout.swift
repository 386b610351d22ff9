package import MVPAuth

/// Ends the session of an access token.
package struct Logout: RPCMethod {
    package let accessToken: Secret

    package typealias Reply = Message

    package init(accessToken: Secret) {
        self.accessToken = accessToken
    }

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
    }

    package static let spec = MethodSpec(
        "auth.logout", "Ends the session of an access token.", cost: .store, isSensitive: true,
        errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive],
        rest: RESTRoute(.core, .post, "/logout", isProtected: true))

    package static let example = (params: Logout(accessToken: Examples.accessToken), reply: Messages.loggedOut)
}
