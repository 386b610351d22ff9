package import MVPAuth
package import StrictJSON

package struct RevokeSession: UserParams {
    package let accessToken: Secret?
    package let sessionID: SessionID
    package let userID: UserID?

    package static let meanings = principalMeanings.merging([
        "session_id": "The session: a UUID, written in lower case."
    ]) { $1 }

    package typealias Reply = Message

    package init(accessToken: Secret? = nil, userID: UserID? = nil, sessionID: SessionID) {
        self.accessToken = accessToken
        self.userID = userID
        self.sessionID = sessionID
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
