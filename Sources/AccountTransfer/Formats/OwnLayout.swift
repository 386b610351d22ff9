/// What `mvp-auth users export` writes.
struct OwnLayout: AccountLayout {
    let members = Set(TransferredAccount.members)

    func account(_ record: TransferRecord) throws(TransferProblem) -> TransferredAccount? {
        TransferredAccount(
            id: try record.identifier("id"), email: try record.address(),
            passwordHash: try record.text("password_hash"),
            isVerified: try record.flag("is_verified"), isActive: try record.flag("is_active"),
            createdAt: try record.time("created_at"))
    }
}
