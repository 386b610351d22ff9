package import MVPAuth
package import StrictJSON

package struct UpdateUser: RPCMethod {
    package let userID: UserID
    package let email: String?
    package let isVerified: Bool?
    package let isActive: Bool?

    package init(userID: UserID, email: String? = nil, isVerified: Bool? = nil, isActive: Bool? = nil) {
        self.userID = userID
        self.email = email
        self.isVerified = isVerified
        self.isActive = isActive
    }

    package static let meanings: [String: MemberMeaning] = [
        "user_id": .account,
        "email": MemberMeaning(
            """
            The address from now on. Another one has to be proved by the message that is sent to it, unless `is_verified` \
            is given too; tokens that were mailed to the one before are dead. Sessions live on.
            """
        ) { $0.format = "email" },
        "is_verified": "Whether the address has been proved.",
        "is_active": "Whether the account may be used. False ends its sessions, at once and everywhere.",
    ]

    package typealias Reply = AdminUser

    package static let spec = MethodSpec(
        "admin.update_user", "Changes an account; what is left out stays as it is.", role: .admin, cost: .store,
        errors: [.userNotFound, .userExists, .validation])

    package static let example = (
        params: UpdateUser(userID: Examples.userID, isVerified: true), reply: Examples.adminUser
    )
}
