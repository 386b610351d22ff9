extension Transaction {
    /// Puts a message into the outbox. A row that goes to nobody is told like any other: waking whoever sends takes time.
    package func enqueue(_ message: EmailMessage) throws {
        guard try insert(message) else { throw AuthError(.internalError) }
        tell(.messageQueued(isNew: message.dueAt != nil))
    }

    /// Puts a message that anybody may ask for into the outbox, unless its address has had its share. Where there is no
    /// account, or none that qualifies, the same is done with a row that is done from the beginning.
    ///
    /// - Returns: false when the address has had its share.
    package func enqueue(
        _ message: EmailMessage, isLimited: Bool = true, where qualifies: (User) -> Bool
    ) throws -> Bool {
        let account = try user(message.userID ?? UserID(high: 0, low: 0))
        let earlier = try all(
            Query<EmailMessage>().where(\.addressKey, message.addressKey).where(\.kind, message.kind)
                .where(\.createdAt, after: message.createdAt - EmailPace.longestLimit))
        let isAllowed = EmailPace.allows(another: message.createdAt, after: earlier.map(\.createdAt))
        guard isAllowed || !isLimited else { return false }
        var message = message
        if account.map(qualifies) != true { message.settle(.done, nil, at: message.createdAt) }
        try enqueue(message)
        return true
    }

    /// Tells the owner of an account what was done with it.
    package func notify(_ notice: EmailNotice?, _ user: User, at now: Timestamp) throws {
        guard let notice else { return }
        try enqueue(
            EmailMessage(
                id: notice.id, kind: notice.kind, userID: user.id, addressKey: nil, address: user.mailAddress,
                app: notice.app, createdAt: now, expiresAt: now + EmailNotice.lifetime))
    }

    /// Gives a subscriber messages that are due, each until its lease ends. What is too old, or was handed over too often,
    /// is given up on the way.
    package func lease(_ lease: EmailLease, at own: Timestamp) throws -> LeasedMessages {
        let now = try now(own)
        var leased: [EmailMessage] = []
        var dead: [EmailMessage] = []
        let kinds = EmailMessage.Kind.allCases.filter(lease.kinds.contains)
        for kind in kinds {
            guard leased.count < lease.count else { break }
            let due = lease.open(kind).where(\.dueAt, before: now).limited(to: lease.count - leased.count)
            for var message in try all(due) {
                if now >= message.expiresAt || message.attempt >= EmailPace.attempts {
                    message.settle(.dead, now < message.expiresAt ? message.lastError : "expired", at: now)
                    dead.append(message)
                } else {
                    message.state = .leased
                    message.attempt += 1
                    message.leaseOwner = lease.owner
                    message.dueAt = now.advanced(byMilliseconds: lease.milliseconds + EmailLease.margin)
                    leased.append(message)
                }
            }
        }
        if !(leased + dead).isEmpty { try update(leased + dead) }
        let next = try kinds.compactMap { try all(lease.open($0).limited(to: 1)).first?.dueAt }.min()
        return LeasedMessages(messages: leased, nextDue: next, now: now)
    }

    /// Notes what became of a message. False when its lease had run out, or is another's: nothing is changed then.
    package func settle(_ delivery: EmailDeliveryID, _ verdict: EmailVerdict, at own: Timestamp) throws -> Bool {
        let now = try now(own)
        guard var message = try leased(delivery), let end = message.dueAt, now < end else { return false }
        message.settle(verdict, at: now)
        try update(message)
        if message.state == .pending { tell(.messageQueued(isNew: false)) }
        return true
    }

    /// Gives back what a subscriber held that is gone: at once, to anybody. Returns how many there were.
    package func release(leasesOf owner: String) throws -> Int {
        try release(try all(Query<EmailMessage>().where(\.leaseOwner, owner)).filter { $0.state == .leased })
    }

    /// Gives back deliveries that never reached their subscriber, and so are no attempts: at once, to anybody. Returns how
    /// many there were that still were its.
    package func giveBack(_ deliveries: [EmailDeliveryID]) throws -> Int {
        var held = try deliveries.compactMap { try leased($0) }
        for index in held.indices { held[index].attempt -= 1 }
        return try release(held)
    }

    private func leased(_ delivery: EmailDeliveryID) throws -> EmailMessage? {
        guard let message = try find(EmailMessage.self, delivery.message), message.state == .leased,
            message.attempt == delivery.attempt, let owner = message.leaseOwner,
            owner.utf8.elementsEqual(delivery.owner.utf8)
        else { return nil }
        return message
    }

    private func release(_ held: [EmailMessage]) throws -> Int {
        guard !held.isEmpty else { return 0 }
        try update(
            held.map {
                var message = $0
                message.state = .pending
                message.leaseOwner = nil
                message.dueAt = EmailMessage.atOnce
                return message
            })
        tell(.messageQueued(isNew: false))
        return held.count
    }

    /// Removes what has been over for long enough.
    package func purgeMessages(before instant: Timestamp, limit: Int) throws -> Int {
        try delete(Query<EmailMessage>().where(\.settledAt, before: instant).limited(to: limit))
    }
}

extension EmailLease {
    /// What may be due now or later, the first first.
    fileprivate func open(_ kind: EmailMessage.Kind) -> Query<EmailMessage> {
        let query = Query<EmailMessage>().where(\.kind, kind).where(\.dueAt, after: Timestamp(microseconds: .min))
            .ordered(by: \.dueAt).skippingLocked()
        return app.map { query.where(\.app, $0) } ?? query
    }
}
