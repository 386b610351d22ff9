internal import MVPAuth

/// Rows of GoTrue's table `auth.users`.
struct SupabaseLayout: AccountLayout {
    let members: Set = [
        "id", "email", "encrypted_password", "email_confirmed_at", "confirmed_at", "created_at", "banned_until",
        "deleted_at",
    ]

    func account(_ record: TransferRecord) throws(TransferProblem) -> TransferredAccount? {
        let confirmed = try record.time(record.name("email_confirmed_at", "confirmed_at"))
        let isBanned = try record.time("banned_until").map { $0 > SystemTime().now() } ?? false
        let isDeleted = try record.time("deleted_at") != nil
        return TransferredAccount(
            id: try record.identifier("id"), email: try record.address(),
            passwordHash: try record.hash("encrypted_password"), isVerified: confirmed != nil,
            isActive: !isBanned && !isDeleted, createdAt: try record.time("created_at"))
    }
}
