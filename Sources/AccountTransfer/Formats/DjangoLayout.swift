internal import StrictJSON

/// What `manage.py dumpdata` writes, or CSV of the table `auth_user`. Whether an address was proved is not known there.
struct DjangoLayout: AccountLayout {
    let members: Set = ["id", "email", "password", "is_active", "date_joined"]

    func account(_ record: TransferRecord) throws(TransferProblem) -> TransferredAccount? {
        let fields = try Self.fields(record)
        // Other models are in a dump too: an account is what has a password.
        guard fields.names.contains("password") else { return nil }
        return TransferredAccount(
            id: record.identifierIfUUID("pk") ?? record.identifierIfUUID("id"), email: try fields.address(),
            passwordHash: try fields.hash("password"), isActive: try fields.flag("is_active"),
            createdAt: try fields.time("date_joined"))
    }

    /// Of another model, none.
    func names(in record: TransferRecord) -> [String] {
        guard let fields = try? Self.fields(record), fields.names.contains("password") else { return [] }
        return fields.names
    }

    /// The columns: in a dump they are a member of their own.
    private static func fields(_ record: TransferRecord) throws(TransferProblem) -> TransferRecord {
        guard let inner = record["fields"] else { return record }
        guard case .object(let members) = inner else { throw TransferProblem("fields must be an object") }
        return TransferRecord(members: members)
    }
}
