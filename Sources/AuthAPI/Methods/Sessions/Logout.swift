package import MVPAuth
package import StrictJSON

/// Ends the session of an access token or of a refresh token: whoever has let the access token expire can sign out too.
package struct Logout: RPCMethod {
    package let accessToken: Secret?
    package let refreshToken: Secret?

    package static let meanings: [String: MemberMeaning] = [
        "access_token": .accessToken,
        "refresh_token": .refreshToken,
    ]

    package typealias Reply = Message

    package init(accessToken: Secret) {
        self.accessToken = accessToken
        refreshToken = nil
    }

    package init(refreshToken: Secret) {
        accessToken = nil
        self.refreshToken = refreshToken
    }

    package static let spec = MethodSpec(
        "auth.logout", "Ends the session of an access token or of a refresh token.", cost: .store, isSensitive: true,
        errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive],
        rest: RESTRoute(
            .core, .post, "/logout", body: ["refresh_token"], isProtected: true, bodyReplacesBearer: true))

    package static let example = (params: Logout(accessToken: Examples.accessToken), reply: Messages.loggedOut)
}
