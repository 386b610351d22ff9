package import MVPAuth
package import StrictJSON

package struct CreateUser: RPCMethod {
    package let email: String
    package let password: Secret?
    package let passwordHash: Secret?
    package let isVerified: Bool?
    package let isActive: Bool?
    package let id: UserID?
    package let createdAt: Timestamp?

    package init(
        email: String, password: Secret? = nil, passwordHash: Secret? = nil, isVerified: Bool? = nil,
        isActive: Bool? = nil, id: UserID? = nil, createdAt: Timestamp? = nil
    ) {
        self.email = email
        self.password = password
        self.passwordHash = passwordHash
        self.isVerified = isVerified
        self.isActive = isActive
        self.id = id
        self.createdAt = createdAt
    }

    package static let meanings: [String: MemberMeaning] = [
        "email": .email,
        "password": .newPassword("The password; without one, the owner can set one by a reset."),
        "password_hash":
            "A hash that was made elsewhere, instead of `password`, in any form that `admin.import_users` takes.",
        "is_verified": "Whether the address has been proved; false when it is left out.",
        "is_active": "Whether the account may be used; true when it is left out.",
        "id": "The identifier of the account; a new one when it is left out.",
        "created_at": "When the account was made elsewhere; now when it is left out.",
    ]

    package typealias Reply = AdminUser

    package static let spec = MethodSpec(
        "admin.create_user", "Creates an account. Nothing is sent to its owner.", role: .admin, cost: .hashing,
        isSensitive: true, errors: [.userExists, .passwordValidation, .validation])

    package static let example = (
        params: CreateUser(email: Examples.email, password: Examples.password, isVerified: true),
        reply: Examples.adminUser
    )
}
