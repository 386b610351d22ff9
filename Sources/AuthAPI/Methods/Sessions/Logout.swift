package import MVPAuth

/// Ends the session of an access token or of a refresh token: whoever has let the access token expire can sign out too.
package struct Logout: RPCMethod {
    package let accessToken: Secret?
    package let refreshToken: Secret?

    package typealias Reply = Message

    package init(accessToken: Secret) {
        self.accessToken = accessToken
        refreshToken = nil
    }

    package init(refreshToken: Secret) {
        accessToken = nil
        self.refreshToken = refreshToken
    }

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
    }

    package static let spec = MethodSpec(
        "auth.logout", "Ends the session of an access token or of a refresh token.", cost: .store, isSensitive: true,
        errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive],
        rest: RESTRoute(
            .core, .post, "/logout", body: ["refresh_token"], isProtected: true, bodyReplacesBearer: true))

    package static let example = (params: Logout(accessToken: Examples.accessToken), reply: Messages.loggedOut)
}
