/// What operators do with accounts.
extension Transaction {
    /// The accounts of a list behind a place in it, the newest first.
    package func users(
        _ filter: AccountFilter, after cursor: PageCursor<User>? = nil, limit: Int
    ) throws -> [User] {
        var query = Query<User>().ordered(by: \.createdAt, ascending: false).ordered(by: \.id, ascending: false)
            .limited(to: limit)
        if let cursor {
            var last = User.blank
            (last.createdAt, last.id) = (cursor.createdAt, cursor.id)
            query = query.after(last)
        }
        switch filter.status {
        case .active: query = query.where(\.isActive, true)
        case .inactive: query = query.where(\.isActive, false)
        case .unverified: query = query.where(\.isVerified, false)
        case nil: break
        }
        switch filter.key {
        case nil: return try all(query)
        case .id(let id): return try all(query.where(\.id, id))
        case .address(let canonical, let written):
            let keyed = try all(query.where(\.emailKey, beginning: canonical))
            let others = try all(query.where(\.emailKey, String?.none).where(\.email, beginning: written))
            guard !others.isEmpty else { return keyed }
            let sorted = (keyed + others).sorted { one, other in
                (one.createdAt, one.id.high, one.id.low) > (other.createdAt, other.id.high, other.id.low)
            }
            return Array(sorted.prefix(limit))
        }
    }

    /// The same with what is known of their sessions.
    package func accounts(
        _ filter: AccountFilter, after cursor: PageCursor<User>? = nil, limit: Int
    ) throws -> [AccountSummary] {
        try users(filter, after: cursor, limit: limit).map(summary)
    }

    /// Those among the next `range` accounts that a test picks, and the last that was looked at, if there may be more behind
    /// it: for what no query can ask for.
    package func accounts(
        _ filter: AccountFilter, after cursor: PageCursor<User>?, limit: Int, lookingAt range: Int,
        where isWanted: (User) throws -> Bool
    ) throws -> (accounts: [AccountSummary], last: User?) {
        let users = try users(filter, after: cursor, limit: range)
        var found: [AccountSummary] = []
        for user in users where try isWanted(user) {
            found.append(try summary(user))
            if found.count == limit { return (found, user) }
        }
        return (found, users.count == range ? users.last : nil)
    }

    package func account(_ id: UserID, at now: Timestamp) throws -> AccountDetails? {
        guard let user = try user(id) else { return nil }
        let waiting = try all(Query<EmailMessage>().where(\.userID, id)).count {
            $0.state == .pending || $0.state == .leased
        }
        return AccountDetails(
            summary: try summary(user), sessions: try liveSessions(of: id, at: now).count, messages: waiting)
    }

    private func summary(_ user: User) throws -> AccountSummary {
        let latest = Query<Session>().where(\.userID, user.id).ordered(by: \.createdAt, ascending: false).limited(to: 1)
        return AccountSummary(user: user, lastLoginAt: try all(latest).first?.createdAt)
    }

    /// Inserts an account that an operator makes. False when its identifier is that of one that was deleted so lately
    /// that its tokens might still live. Throws `USER_EXISTS`.
    package func createAccount(_ user: User) throws -> Bool {
        guard try find(DeletedUser.self, user.id) == nil else { return false }
        try create(user)
        return true
    }

    /// Changes an account. Nil when there is none. Throws `USER_EXISTS` when another one has the address.
    ///
    /// Another address has to be proved anew, and the tokens that were mailed to the one before are dead. An account that
    /// is not active any more has no session.
    package func update(_ update: AccountUpdate) throws -> AccountChange? {
        guard var user = try user(update.user) else { return nil }
        let isReaddressed = try update.email.map { try readdress(&user, to: $0, at: update.now) } ?? false
        if let isVerified = update.isVerified { user.isVerified = isVerified }
        let changed = [update.email.map { _ in "email" }, update.isVerified.map { _ in "is_verified" }].compactMap(
            \.self)
        if !changed.isEmpty {
            try record(
                .accountUpdated, of: user.id, detail: "changed=\(changed.joined(separator: ","))", at: update.now)
        }
        user.updatedAt = update.now
        var ended: [EndedSession] = []
        if let isActive = update.isActive {
            if isActive != user.isActive {
                try record(isActive ? .accountActivated : .accountDeactivated, of: user.id, at: update.now)
            }
            user.isActive = isActive
            if !isActive {
                user.revokedBefore = update.now
                ended = try endSessions(of: user.id, because: .deactivated, at: update.now)
            }
        }
        try save(user, tellsActivity: update.isActive != nil)
        if isReaddressed, !user.isVerified, user.isActive, var message = update.verification {
            message.address = user.mailAddress
            try enqueue(message)
        }
        return AccountChange(user: user, ended: ended)
    }

    /// Gives an account an address. True when it is another one, not another spelling of the same.
    private func readdress(_ user: inout User, to email: Email, at now: Timestamp) throws -> Bool {
        if let owner = try self.user(spelled: email.spelling, canonical: email), owner.id != user.id {
            throw AuthError(.userExists)
        }
        let isOther = !user.canonicalEmail.utf8.elementsEqual(email.address.utf8)
        guard isOther || !user.email.utf8.elementsEqual(email.spelling.utf8) else { return false }
        user.email = email.spelling
        user.emailKey = email.address
        // Tokens that name no address are for the one that the account has had since before they were made.
        user.passwordChangedAt = now
        if isOther { user.isVerified = false }
        return isOther
    }

    /// The sessions of a list behind a place in it, the newest first.
    package func sessions(
        _ filter: SessionFilter, after cursor: PageCursor<Session>? = nil, limit: Int
    ) throws -> [Session] {
        var query = Query<Session>().ordered(by: \.createdAt, ascending: false).ordered(by: \.id, ascending: false)
            .limited(to: limit)
        if let cursor {
            var last = Session.blank
            (last.createdAt, last.id) = (cursor.createdAt, cursor.id)
            query = query.after(last)
        }
        if let user = filter.user { query = query.where(\.userID, user) }
        if let app = filter.app { query = query.where(\.app, app) }
        return try all(query)
    }
}
