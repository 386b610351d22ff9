package import MVPAuth
package import StrictJSON

package struct UnblockUser: RPCMethod {
    package let userID: UserID

    package init(userID: UserID) {
        self.userID = userID
    }

    package static let meanings: [String: MemberMeaning] = ["user_id": .account]

    package typealias Reply = Message

    package static let spec = MethodSpec(
        "admin.unblock", "Forgets failed attempts to sign in to an account, so that its owner may try again at once.",
        role: .admin, cost: .store, isIdempotent: true, errors: [.userNotFound])

    package static let example = (params: UnblockUser(userID: Examples.userID), reply: Messages.accountUnblocked)
}
