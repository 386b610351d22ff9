package import MVPAuth

package struct GetCurrentUser: UserParams {
    package let accessToken: Secret?
    package let userID: UserID?

    package typealias Reply = UserResponse

    package init(accessToken: Secret? = nil, userID: UserID? = nil) {
        self.accessToken = accessToken
        self.userID = userID
    }

    package static let spec = MethodSpec(
        "user.get_current_user", "Says whose access token this is.", cost: .memory, isIdempotent: true,
        isSensitive: true,
        errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive, .userNotFound],
        rest: RESTRoute(.core, .get, "/me", isProtected: true))

    package static let example = (params: GetCurrentUser(accessToken: Examples.accessToken), reply: Examples.user)
}
