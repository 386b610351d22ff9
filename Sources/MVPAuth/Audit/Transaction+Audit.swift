extension Transaction {
    /// Notes what is done, in the transaction that does it.
    package func record(
        _ kind: AuthEvent.Kind, of user: UserID? = nil, session: SessionID? = nil, detail: String? = nil,
        at now: Timestamp
    ) throws {
        guard let trail else { return }
        try keep(trail.event(kind, of: user, session: session, detail: detail, at: now), trail)
    }

    /// Notes that somebody asked for a way to reset a password: of whatever address, so that none takes longer than another.
    func recordResetRequest(_ message: EmailMessage) throws {
        let account = try user(message.userID ?? UserID(high: 0, low: 0))
        try record(.passwordResetRequested, of: account?.id, at: message.createdAt)
    }

    private func keep(_ event: AuthEvent, _ trail: AuditTrail) throws {
        tell(event)
        guard trail.isKept else { return }
        guard try insert(event) else { throw AuthError(.internalError) }
    }

    /// Writes what was noted away from the calls that it is about. One with a count is written again as it grows.
    package func write(attempts: [AuthEvent]) throws {
        // Whoever was erased meanwhile is not named any more. The others stay until this is committed; they are locked in
        // one order, as by whoever else does this.
        let users = Set(attempts.compactMap(\.userID)).sorted { ($0.high, $0.low) < ($1.high, $1.low) }
        let known = Set(try users.filter { try user($0) != nil })
        for var event in attempts {
            if let id = event.userID, !known.contains(id) { event.userID = nil }
            if try !insert(event) { try update(event) }
        }
    }

    /// The events of a list behind a place in it, the newest first.
    package func events(
        _ filter: EventFilter, after cursor: PageCursor<AuthEvent>? = nil, limit: Int
    ) throws -> [AuthEvent] {
        var query = Query<AuthEvent>().ordered(by: \.at, ascending: false).ordered(by: \.id, ascending: false)
            .limited(to: limit)
        if let cursor {
            var last = AuthEvent.blank
            (last.at, last.id) = (cursor.createdAt, cursor.id)
            query = query.after(last)
        }
        if let user = filter.user { query = query.where(\.userID, user) }
        if let kind = filter.kind { query = query.where(\.kind, kind) }
        if let app = filter.app { query = query.where(\.app, app) }
        if let since = filter.since {
            query = query.where(\.at, after: Timestamp(microseconds: since.microseconds &- 1))
        }
        if let until = filter.until { query = query.where(\.at, before: until) }
        return try all(query)
    }

    /// The latest events of an account that its owner is shown, with its sessions.
    package func ownEvents(of user: UserID, limit: Int) throws -> [OwnEvent] {
        var found: [AuthEvent] = []
        var cursor: PageCursor<AuthEvent>?
        repeat {
            let page = try events(EventFilter(user: user), after: cursor, limit: Self.ownPage)
            found += page.filter(\.kind.isForOwner)
            cursor = page.count < Self.ownPage ? nil : page.last.map { PageCursor(createdAt: $0.at, id: $0.id) }
        } while cursor != nil && found.count < limit
        let sessions = try all(Query<Session>().where(\.userID, user))
        return found.prefix(limit).map { event in
            OwnEvent(event: event, deviceInfo: sessions.first { $0.id == event.sessionID }?.deviceInfo)
        }
    }

    private static var ownPage: Int { 100 }

    /// Forgets which account older events are about. That they are about one account, they still say.
    func eraseEvents(of user: UserID) throws -> UserID {
        let tombstone = UserID.tombstone(from: trail?.entropy ?? SystemEntropy())
        let events = try all(Query<AuthEvent>().where(\.userID, user))
        if !events.isEmpty {
            try update(
                events.map {
                    var event = $0
                    event.userID = tombstone
                    return event
                })
        }
        return tombstone
    }

    /// Removes what is older than it has to be. Of a message that was asked for at an address that is nobody's, nothing is
    /// known but that; such a row goes with its message, so that nobody fills the audit by asking.
    package func purgeEvents(before instant: Timestamp, unknownBefore other: Timestamp, limit: Int) throws -> Int {
        let old = try delete(Query<AuthEvent>().where(\.at, before: instant).limited(to: limit))
        let unknown = try delete(
            Query<AuthEvent>().where(\.kind, .passwordResetRequested).where(\.userID, UserID?.none)
                .where(\.at, before: other).limited(to: limit))
        return max(old, unknown)
    }
}

/// Which events somebody wants to see.
package struct EventFilter: Sendable {
    package var user: UserID?
    package var kind: AuthEvent.Kind?
    package var app: String?
    /// The first instant that counts.
    package var since: Timestamp?
    /// The first that does not any more.
    package var until: Timestamp?

    package init(
        user: UserID? = nil, kind: AuthEvent.Kind? = nil, app: String? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.user = user
        self.kind = kind
        self.app = app
        self.since = since
        self.until = until
    }
}

/// An event as the owner of the account sees it.
package struct OwnEvent: Sendable {
    package let event: AuthEvent
    /// The device of its session, as long as that is kept.
    package let deviceInfo: String?
}
