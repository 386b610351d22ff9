/// Which messages of the outbox somebody wants to see: the newest first, a page at a time.
package struct MessageFilter: Sendable {
    package var state: EmailMessage.State?
    package var kind: EmailMessage.Kind?
    package var userID: UserID?
    /// The last one of the page before.
    package var after: PageCursor<EmailMessage>?
    package var limit: Int

    package init(
        state: EmailMessage.State? = nil, kind: EmailMessage.Kind? = nil, userID: UserID? = nil,
        after: PageCursor<EmailMessage>? = nil, limit: Int
    ) {
        self.state = state
        self.kind = kind
        self.userID = userID
        self.after = after
        self.limit = limit
    }

    /// Of one state, so that an index has them in this order.
    func query(_ state: EmailMessage.State) -> Query<EmailMessage> {
        var query = Query<EmailMessage>().where(\.state, state)
        if let kind { query = query.where(\.kind, kind) }
        if let userID { query = query.where(\.userID, userID) }
        query = query.ordered(by: \.createdAt, ascending: false).ordered(by: \.id, ascending: false)
            .limited(to: limit)
        guard let after else { return query }
        var last = EmailMessage.blank
        last.createdAt = after.createdAt
        last.id = after.id
        return query.after(last)
    }
}

extension EmailMessage {
    /// Whether this one is the newer; ids decide between messages of one moment, as the stores order them.
    func isNewer(than other: Self) -> Bool {
        (createdAt.microseconds, id.high, id.low) > (other.createdAt.microseconds, other.id.high, other.id.low)
    }
}
