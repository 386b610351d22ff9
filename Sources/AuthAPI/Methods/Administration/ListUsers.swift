package import StrictJSON

package struct ListUsers: RPCMethod {
    package let query: BoundedText<SearchBound>?
    package let status: AccountStatus?
    package let cursor: BoundedText<CursorBound>?
    package let limit: BoundedNumber<PageSize>?

    package init(
        query: BoundedText<SearchBound>? = nil, status: AccountStatus? = nil, cursor: String? = nil, limit: Int? = nil
    ) {
        self.query = query
        self.status = status
        self.cursor = cursor.flatMap { BoundedText($0) }
        self.limit = limit.flatMap { BoundedNumber($0) }
    }

    package static let meanings: [String: MemberMeaning] = [
        "query": "The beginning of an address, or an identifier; every account when it is left out.",
        "status": """
        Only accounts that are so; `throttled` where whoever is not known to it is turned away at present. Of these a page \
        may be short, or empty, and have another one behind it.
        """,
        "cursor": .cursor,
        "limit": .pageSize,
    ]

    package struct Reply: Codable, Sendable, JSONExplained {
        package let users: [AdminUser]
        package let next: String?

        package init(users: [AdminUser], next: String?) {
            self.users = users
            self.next = next
        }

        package static let meanings: [String: MemberMeaning] = [
            "users": "The accounts, the newest first.", "next": .next,
        ]
    }

    package static let spec = MethodSpec(
        "admin.list_users",
        "Lists accounts, the newest first. One that stays while others come and go is on exactly one page.",
        role: .admin, cost: .store, isIdempotent: true)

    package static let example = (
        params: ListUsers(query: BoundedText("ada"), status: .active, limit: 20),
        reply: Reply(users: [Examples.adminUser], next: nil)
    )
}

/// What a list of accounts can be narrowed to.
package enum AccountStatus: String, NamedCase {
    case active, inactive, unverified, throttled
}
