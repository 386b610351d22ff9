package import MVPAuth
package import StrictJSON

package struct LogoutAll: UserParams {
    package let accessToken: Secret?
    package let userID: UserID?

    package typealias Reply = LogoutAllReply

    package init(accessToken: Secret? = nil, userID: UserID? = nil) {
        self.accessToken = accessToken
        self.userID = userID
    }

    package static let spec = MethodSpec(
        "auth.logout_all", "Ends every session of a user.", cost: .store, isSensitive: true,
        errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive, .userNotFound],
        rest: RESTRoute(.sessions, .post, "/logout-all", isProtected: true))

    package static let example = (
        params: LogoutAll(accessToken: Examples.accessToken), reply: LogoutAllReply(revoked: 3)
    )
}

/// How many sessions ended.
public struct LogoutAllReply: Codable, Sendable, Equatable {
    public let message: String
    public let revoked: Int

    package init(revoked: Int) {
        message = "Revoked \(revoked) session(s)."
        self.revoked = revoked
    }
}

extension LogoutAllReply: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "message": "What was done, for people.", "revoked": "How many sessions were ended.",
    ]
}
