internal import StrictJSON

/// better-auth's tables `user` and `account` in one JSON object; a password is in the account of the provider
/// `credential`. Identifiers are kept where they are UUIDs.
struct BetterAuthLayout: AccountLayout {
    let lists = ["users", "user"]
    let members: Set = [
        "id", "email", "emailVerified", "email_verified", "createdAt", "created_at", "banned",
    ]
    private var passwords: [String: String] = [:]

    mutating func prepare(_ file: JSONFile) throws(TransferProblem) {
        let members = try file.members()
        guard let accounts = members.first(where: { ["accounts", "account"].contains($0.name) }) else {
            throw TransferProblem("the file has no list named accounts: passwords are in that table")
        }
        var records = JSONRecords(file.at(accounts.value.lowerBound))
        while let (line, record) = records.next() {
            let record = try record.get()
            let provider = try record.text(record.name("providerId", "provider_id"))
            guard provider == "credential" else { continue }
            guard let user = try record.text(record.name("userId", "user_id")) else {
                throw TransferProblem("the account on line \(line) belongs to no user")
            }
            passwords[user] = try record.hash("password")
        }
    }

    func account(_ record: TransferRecord) throws(TransferProblem) -> TransferredAccount? {
        let isBanned = try record.flag("banned") ?? false
        return TransferredAccount(
            id: record.identifierIfUUID("id"), email: try record.address(),
            passwordHash: record["id"]?.string.flatMap { passwords[$0] },
            isVerified: try record.flag(record.name("emailVerified", "email_verified")),
            isActive: isBanned ? false : nil,
            createdAt: try record.time(record.name("createdAt", "created_at")))
    }
}
