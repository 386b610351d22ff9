package import MVPAuth
package import StrictJSON

package struct ListAllSessions: RPCMethod {
    package let userID: UserID?
    package let app: BoundedText<SearchBound>?
    package let cursor: BoundedText<CursorBound>?
    package let limit: BoundedNumber<PageSize>?

    package init(
        userID: UserID? = nil, app: BoundedText<SearchBound>? = nil, cursor: String? = nil, limit: Int? = nil
    ) {
        self.userID = userID
        self.app = app
        self.cursor = cursor.flatMap { BoundedText($0) }
        self.limit = limit.flatMap { BoundedNumber($0) }
    }

    package static let meanings: [String: MemberMeaning] = [
        "user_id": "Only sessions of this account. It or `app` is needed.",
        "app": "Only sessions that this app began.",
        "cursor": .cursor,
        "limit": .pageSize,
    ]

    package struct Reply: Codable, Sendable, JSONExplained {
        package let sessions: [AdminSession]
        package let next: String?

        package init(sessions: [AdminSession], next: String?) {
            self.sessions = sessions
            self.next = next
        }

        package static let meanings: [String: MemberMeaning] = [
            "sessions": "The sessions, the newest first: ended ones too, as long as they are kept.", "next": .next,
        ]
    }

    package static let spec = MethodSpec(
        "admin.list_sessions", "Lists the sessions of an account or of an app, the newest first.", role: .admin,
        cost: .store, isIdempotent: true)

    package static let example = (
        params: ListAllSessions(userID: Examples.userID, limit: 20),
        reply: Reply(sessions: [Examples.adminSession], next: nil)
    )
}

/// A session as operators see it.
package struct AdminSession: Codable, Sendable, JSONExplained {
    package let id: SessionID
    package let userID: UserID
    package let app: String?
    package let deviceInfo: String?
    package let ipAddress: String?
    package let createdAt: Timestamp
    package let lastUsedAt: Timestamp
    package let expiresAt: Timestamp
    package let isRevoked: Bool

    package init(_ session: Session) {
        id = session.id
        userID = session.userID
        app = session.app
        deviceInfo = session.deviceInfo
        ipAddress = session.ipAddress
        createdAt = session.createdAt
        lastUsedAt = session.lastUsedAt
        expiresAt = session.expiresAt
        isRevoked = session.isRevoked
    }

    package static let meanings = SessionResponse.meanings.filter { $0.key != "current" }.merging([
        "user_id": .account, "app": "The app that began it. Absent where the configuration named none.",
    ]) { $1 }
}
