extension Transaction {
    package func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, at now: Timestamp
    ) throws -> EndedSession? {
        _ = try insert(token)
        guard let session = try session.flatMap({ try self.session($0) }), session.userID == user else { return nil }
        return try end([session], because: .logout, at: now).first
    }

    package func rejection(of token: Claims) throws -> AuthError.Code? {
        token.rejection(
            isBlocked: try !all(Query<BlockedToken>(token.tokenID).where(\.kind, .access)).isEmpty,
            session: try token.sessionID.flatMap { try session($0) }, user: try user(token.subject))
    }

    package func revocations(at now: Timestamp) throws -> RevocationSnapshot {
        let oldest = now - RevocationSnapshot.longestAccessToken
        return RevocationSnapshot(
            tokens: try all(Query<BlockedToken>().where(\.kind, .access).where(\.expiresAt, after: now)),
            sessions: try all(Query<Session>().where(\.isRevoked, true).where(\.accessExpiresAt, after: now))
                .map { EndedSession(id: $0.id, accessExpiresAt: $0.accessExpiresAt) },
            inactiveUsers: try all(Query<User>().where(\.isActive, false)).map(\.id),
            deletedUsers: try all(Query<DeletedUser>().where(\.until, after: now)).map { ($0.id, $0.until) },
            cutoffs: try all(Query<User>().where(\.revokedBefore, after: oldest)).compactMap { user in
                user.revokedBefore.map { (user.id, $0) }
            })
    }

    func sessionsOver(before instant: Timestamp, limit: Int) throws -> [SessionID] {
        let silent = Query<Session>().where(\.accessExpiresAt, before: instant).limited(to: limit)
        let ways = [
            silent.where(\.expiresAt, before: instant), silent.where(\.absoluteExpiresAt, before: instant),
            silent.where(\.isRevoked, true).where(\.revokedAt, before: instant),
        ]
        return Array(Set(try ways.flatMap { try all($0) }.map(\.id)).prefix(limit))
    }

    /// Removes those of the sessions that are over, and what else is.
    func purge(_ sessions: [SessionID], before instant: Timestamp, limit: Int) throws -> Int {
        var removed = 0
        for id in sessions where try session(id)?.isOver(before: instant) == true {
            removed += try delete(Query<Session>(id))
        }
        let tokens = try delete(Query<BlockedToken>().where(\.expiresAt, before: instant).limited(to: limit))
        let tombstones = try delete(Query<DeletedUser>().where(\.until, before: instant).limited(to: limit))
        let throttles = try purgeThrottles(before: instant, limit: limit)
        return max(removed, tokens, tombstones, throttles, try purgeMessages(before: instant, limit: limit))
    }
}
