package import MVPAuth

package struct ListSessions: UserParams {
    package let accessToken: Secret?
    package let userID: UserID?

    package typealias Reply = [SessionResponse]

    package init(accessToken: Secret? = nil, userID: UserID? = nil) {
        self.accessToken = accessToken
        self.userID = userID
    }

    package static let spec = MethodSpec(
        "session.list", "Lists the live sessions of a user, the latest used first.", cost: .store, isIdempotent: true,
        isSensitive: true,
        errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive, .userNotFound],
        rest: RESTRoute(.sessions, .get, "/sessions", isProtected: true))

    package static let example = (params: ListSessions(accessToken: Examples.accessToken), reply: [Examples.session])
}
