extension EmailMessage: Record {
    public static let table = "auth_messages"

    public static let columns: [Column<EmailMessage>] = [
        Column("id", \.id, index: .unique),
        Column("kind", \.kind),
        Column("user_id", \.userID, index: .ordinary),
        Column("address_key", \.addressKey, index: .ordinary),
        Column("address", \.address),
        Column("app", \.app),
        Column("created_at", \.createdAt),
        Column("expires_at", \.expiresAt),
        Column("state", \.state),
        Column("attempt", \.attempt),
        Column("due_at", \.dueAt),
        Column("lease_owner", \.leaseOwner),
        Column("settled_at", \.settledAt),
        Column("last_error", \.lastError),
    ]

    public static var blank: EmailMessage {
        let never = Timestamp(microseconds: 0)
        return EmailMessage(
            id: MessageID(high: 0, low: 0), kind: .verification, userID: nil, addressKey: nil, address: "", app: nil,
            createdAt: never, expiresAt: never)
    }

    public typealias Key = MessageID
}

extension EmailMessage.Kind: Storable {}
extension EmailMessage.State: Storable {}
