package import MVPAuth

/// Ends one session of the user.
package struct RevokeSession: UserParams {
    package let accessToken: Secret?
    package let sessionID: SessionID
    package let userID: UserID?

    package typealias Reply = Message

    package init(accessToken: Secret? = nil, userID: UserID? = nil, sessionID: SessionID) {
        self.accessToken = accessToken
        self.userID = userID
        self.sessionID = sessionID
    }

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case sessionID = "session_id"
        case userID = "user_id"
    }

    package static let spec = MethodSpec(
        "session.revoke", "Ends one session of the user.", cost: .store, isSensitive: true,
        errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive, .userNotFound, .sessionNotFound],
        rest: RESTRoute(
            .sessions, .delete, "/sessions/{id}", name: "revoke_session", pathParameter: "session_id",
            isProtected: true))

    package static let example = (
        params: RevokeSession(accessToken: Examples.accessToken, sessionID: Examples.sessionID),
        reply: Messages.sessionRevoked
    )
}
