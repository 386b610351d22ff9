internal import StrictJSON

/// Auth0's exports, an object a line. Hashes are in the one that its support makes.
struct Auth0Layout: AccountLayout {
    let members: Set = [
        "email", "email_verified", "passwordHash", "password_hash", "custom_password_hash", "created_at", "blocked",
    ]

    func account(_ record: TransferRecord) throws(TransferProblem) -> TransferredAccount? {
        let isBlocked = try record.flag("blocked") ?? false
        return TransferredAccount(
            email: try record.address(),
            passwordHash: try Self.hash(record),
            isVerified: try record.flag("email_verified"), isActive: isBlocked ? false : nil,
            createdAt: try record.time("created_at"))
    }

    /// Its own hash, or one that was imported into Auth0 and is a text by itself.
    private static func hash(_ record: TransferRecord) throws(TransferProblem) -> String? {
        if let hash = try record.hash(record.name("passwordHash", "password_hash")) { return hash }
        guard let custom = record["custom_password_hash"] else { return nil }
        guard ["bcrypt", "argon2", "pbkdf2"].contains(custom["algorithm"]?.string ?? ""),
            let hash = custom["hash"]?["value"]?.string
        else { throw TransferProblem("custom_password_hash is of an algorithm that is not taken over") }
        return hash
    }
}
