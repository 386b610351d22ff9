/// Rows of the table of fastapi-users.
struct FastAPIUsersLayout: AccountLayout {
    let members: Set = ["id", "email", "hashed_password", "is_active", "is_verified", "created_at"]

    func account(_ record: TransferRecord) throws(TransferProblem) -> TransferredAccount? {
        TransferredAccount(
            id: record.identifierIfUUID("id"), email: try record.address(),
            passwordHash: try record.hash("hashed_password"), isVerified: try record.flag("is_verified"),
            isActive: try record.flag("is_active"), createdAt: try record.time("created_at"))
    }
}
