/// The tombstone of an account: access tokens that were issued before stay dead, across a restart too.
public struct DeletedUser: Sendable, Equatable {
    public internal(set) var id: UserID
    /// When the last of those tokens expires.
    public internal(set) var until: Timestamp

    public init(id: UserID, until: Timestamp) {
        self.id = id
        self.until = until
    }
}

extension DeletedUser: Record {
    public static let table = "auth_deleted_users"

    public static let columns: [Column<DeletedUser>] = [
        Column("id", \.id, index: .unique),
        Column("until", \.until),
    ]

    public static var blank: DeletedUser {
        DeletedUser(id: UserID(high: 0, low: 0), until: Timestamp(microseconds: 0))
    }

    public typealias Key = UserID
}
