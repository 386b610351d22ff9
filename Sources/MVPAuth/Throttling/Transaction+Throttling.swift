extension Transaction {
    package func subject(spelled address: String, canonical: Email?, keys: [String]) throws -> LoginSubject {
        LoginSubject(
            user: try user(spelled: address, canonical: canonical),
            throttles: try keys.compactMap { try find(Throttle.self, $0) })
    }

    /// Counts attempts before they are made, all or none. False when one of the rows is not what it was.
    package func reserve(_ steps: [ThrottleStep]) throws -> Bool {
        for step in steps where try find(Throttle.self, step.after.key) != step.before { return false }
        for (index, step) in steps.enumerated() {
            if step.before != nil {
                try update(step.after)
            } else if try !insert(step.after) {
                // Somebody was quicker. What was written before is undone.
                if index == 0 { return false }
                throw AuthError(.overloaded, retryAfterMilliseconds: 100)
            }
        }
        return true
    }

    /// Counts an attempt that was made and has failed.
    package func countFailure(_ identity: Throttle.Identity, _ count: (Throttle?) -> Throttle) throws {
        if let stored = try find(Throttle.self, identity.key) { return try update(count(stored)) }
        if try insert(count(nil)) { return }
        guard let stored = try find(Throttle.self, identity.key) else { throw AuthError(.internalError) }
        try update(count(stored))
    }

    /// Takes back what was counted for an attempt that was none.
    package func giveBack(_ steps: [ThrottleStep]) throws {
        for step in steps {
            guard var stored = try find(Throttle.self, step.after.key) else { continue }
            if stored == step.after {
                if let before = step.before { try update(before) } else { try delete(Query<Throttle>(stored.key)) }
            } else {
                stored.failures = max(0, stored.failures - 1)
                stored.level = max(0, stored.level - 1)
                try update(stored)
            }
        }
    }

    /// Opens an account to everybody. What strangers have to wait by their last failure, they wait.
    package func release(_ release: ThrottleRelease?) throws {
        guard let release else { return }
        try giveBack(release.steps)
        for key in release.removed { try delete(Query<Throttle>(key)) }
        guard var stored = try find(Throttle.self, release.account), stored.failures > 0 else { return }
        stored.failures = 0
        stored.kind = .account
        try update(stored)
    }

    /// Forgets that anybody failed.
    package func forget(throttles keys: [String]) throws {
        for key in keys { try delete(Query<Throttle>(key)) }
    }

    /// Where the account has sessions, each network once; those that were used last, where there are very many.
    func networks(of user: UserID) throws -> [NetworkSource] {
        let sessions = try all(Query<Session>().where(\.userID, user)).sorted { $0.lastUsedAt > $1.lastUsedAt }
        var found: [NetworkSource] = []
        for source in sessions.lazy.compactMap({ $0.ipAddress.flatMap { NetworkSource($0) } })
        where !found.contains(source) {
            found.append(source)
            if found.count == 32 { break }
        }
        return found
    }

    /// Whether the account has, or had lately, a session in this network.
    func isKnown(_ source: NetworkSource, of user: UserID, at now: Timestamp) throws -> Bool {
        let since = now - ThrottlePolicy.sourceMemory
        return try all(Query<Session>().where(\.userID, user)).contains { session in
            (session.lastUsedAt > since || session.isLive(at: now))
                && session.ipAddress.flatMap { NetworkSource($0) } == source
        }
    }

    /// Removes rows of which nothing has been heard for long enough.
    package func purgeThrottles(before instant: Timestamp, limit: Int) throws -> Int {
        try delete(
            Query<Throttle>().where(\.updatedAt, before: instant).where(\.kind, before: .kept).limited(to: limit))
    }
}
