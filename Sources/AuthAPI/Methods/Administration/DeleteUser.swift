package import MVPAuth
package import StrictJSON

package struct DeleteUser: RPCMethod {
    package let userID: UserID
    package let email: String

    package init(userID: UserID, email: String) {
        self.userID = userID
        self.email = email
    }

    package static let meanings: [String: MemberMeaning] = [
        "user_id": .account,
        "email": MemberMeaning("Its address, in any spelling, so that no mistaken identifier deletes another account.")
        {
            $0.format = "email"
        },
    ]

    package typealias Reply = Message

    package static let spec = MethodSpec(
        "admin.delete_user", "Deletes an account with everything that is its own.", role: .admin, cost: .store,
        errors: [.userNotFound])

    package static let example = (
        params: DeleteUser(userID: Examples.userID, email: Examples.email), reply: Messages.accountDeleted
    )
}
