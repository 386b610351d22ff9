package import StrictJSON

package struct ExportUsers: RPCMethod {
    package let cursor: BoundedText<CursorBound>?
    package let limit: BoundedNumber<ExportSize>?
    package let withHashes: Bool?

    package init(cursor: String? = nil, limit: Int? = nil, withHashes: Bool? = nil) {
        self.cursor = cursor.flatMap { BoundedText($0) }
        self.limit = limit.flatMap { BoundedNumber($0) }
        self.withHashes = withHashes
    }

    package static let meanings: [String: MemberMeaning] = [
        "cursor": .cursor,
        "limit": "How many come at most; 200 when it is left out.",
        "with_hashes": "Whether password hashes come too. Who has them can guess passwords.",
    ]

    package struct Reply: Codable, Sendable, JSONExplained {
        package let users: [TransferredUser]
        package let next: String?

        package init(users: [TransferredUser], next: String?) {
            self.users = users
            self.next = next
        }

        package static let meanings: [String: MemberMeaning] = [
            "users": "The accounts, the oldest first.", "next": .next,
        ]
    }

    package static let spec = MethodSpec(
        "admin.export_users", "Hands out all accounts, a page at a time, as `admin.import_users` takes them.",
        role: .admin, cost: .store, isIdempotent: true, isSensitive: true)

    package static let example = (
        params: ExportUsers(limit: 100),
        reply: Reply(
            users: [
                TransferredUser(
                    id: Examples.userID, email: Examples.email, isVerified: true, isActive: true,
                    createdAt: Examples.instant)
            ], next: nil)
    )
}

/// How many accounts come at once: as many as fit into a reply.
package enum ExportSize: NumberBound {
    package static var range: ClosedRange<Int> { 1...500 }
    package static let standard = 200
}
