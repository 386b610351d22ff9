package import MVPAuth
package import StrictJSON

package struct SignOut: RPCMethod {
    package let userID: UserID
    package let sessionID: SessionID?

    package init(userID: UserID, sessionID: SessionID? = nil) {
        self.userID = userID
        self.sessionID = sessionID
    }

    package static let meanings: [String: MemberMeaning] = [
        "user_id": .account,
        "session_id": "The session to end; all of them when it is left out.",
    ]

    package struct Reply: Codable, Sendable, JSONExplained {
        package let revoked: Int

        package init(revoked: Int) {
            self.revoked = revoked
        }

        package static let meanings: [String: MemberMeaning] = ["revoked": "How many sessions were ended."]
    }

    package static let spec = MethodSpec(
        "admin.sign_out", "Ends every session of an account, or one of them.", role: .admin, cost: .store,
        errors: [.userNotFound, .sessionNotFound])

    package static let example = (params: SignOut(userID: Examples.userID), reply: Reply(revoked: 3))
}
