package import MVPAuth
package import StrictJSON

package struct QueryAudit: RPCMethod {
    package let userID: UserID?
    package let event: AuthEvent.Kind?
    package let app: BoundedText<SearchBound>?
    package let since: Timestamp?
    package let until: Timestamp?
    package let cursor: BoundedText<CursorBound>?
    package let limit: BoundedNumber<PageSize>?

    package init(
        userID: UserID? = nil, event: AuthEvent.Kind? = nil, app: BoundedText<SearchBound>? = nil,
        since: Timestamp? = nil, until: Timestamp? = nil, cursor: String? = nil, limit: Int? = nil
    ) {
        self.userID = userID
        self.event = event
        self.app = app
        self.since = since
        self.until = until
        self.cursor = cursor.flatMap { BoundedText($0) }
        self.limit = limit.flatMap { BoundedNumber($0) }
    }

    package static let meanings: [String: MemberMeaning] = [
        "user_id": "Only events of this account; what stands for it, once it is deleted.",
        "event": "Only events of this kind.",
        "app": "Only what this app asked for.",
        "since": "Only from this time on.",
        "until": "Only before this time.",
        "cursor": .cursor,
        "limit": .pageSize,
    ]

    package struct Reply: Codable, Sendable, JSONExplained {
        package let events: [AuditEvent]
        package let next: String?

        package init(events: [AuditEvent], next: String?) {
            self.events = events
            self.next = next
        }

        package static let meanings: [String: MemberMeaning] = [
            "events": "The events, the newest first.", "next": .next,
        ]
    }

    package static let spec = MethodSpec(
        "admin.query_audit", "Tells who did what, and what was tried.", role: .admin, cost: .store, isIdempotent: true)

    package static let example = (
        params: QueryAudit(userID: Examples.userID, limit: 20),
        reply: Reply(events: [Examples.auditEvent], next: nil)
    )
}

/// An event as operators see it.
package struct AuditEvent: Codable, Sendable, JSONExplained {
    package let id: EventID
    package let at: Timestamp
    package let event: String
    package let outcome: String
    package let userID: UserID?
    package let sessionID: SessionID?
    package let app: String
    package let uid: Int
    package let source: String?
    package let requestID: String?
    package let detail: String?

    package init(_ event: AuthEvent) {
        id = event.id
        at = event.at
        self.event = event.kind.rawValue
        outcome = event.outcome.rawValue
        userID = event.userID
        sessionID = event.sessionID
        app = event.app
        uid = Int(event.uid)
        source = event.source
        requestID = event.requestID
        detail = event.detail
    }

    package static let meanings: [String: MemberMeaning] = [
        "id": "The event: a UUID, written in lower case.",
        "at": "When it happened.",
        "event": "What happened: one of the events that `docs/rpc.md` lists.",
        "outcome": "`success` or `failure`.",
        "user_id": """
        The account. Absent where there is none; a UUID of version 8, always the same, where there is none any more.
        """,
        "session_id": "The session.",
        "app": "The app that asked, or the user of the host.",
        "uid": "The user of the host that asked, as the kernel says.",
        "source": "Where the user was, as the app said.",
        "request_id":
            "The call that asked: the same as in the log, and in what the call was answered with if it failed.",
        "detail": "What more there is to say: `name=value`, separated by spaces. Never an address.",
    ]
}

extension AuthEvent.Kind: NamedCase {}

extension Examples {
    static let loginEvent: AuthEvent = {
        var origin = RequestOrigin(app: "forum", uid: 1001, RequestOrigin.Number(process: "5d41402a", call: 17))
        origin.source = "192.0.2.7"
        return AuthEvent(
            id: EventID("0c9d1e5f-7a3b-4c52-9e1d-6c2d7f108a4b")!, at: instant, .loginSucceeded, of: userID,
            session: sessionID, by: origin)
    }()

    static let auditEvent = AuditEvent(loginEvent)
}
