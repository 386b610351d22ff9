extension Transaction {
    package func session(_ id: SessionID) throws -> Session? { try find(Session.self, id) }

    package func begin(_ login: SessionStart) throws -> SessionStartOutcome {
        try begin(login) {
            let live = try liveSessions(of: login.session.userID, at: login.session.createdAt)
            return Array(live.dropFirst(login.kept))
        }
    }

    /// - Parameter surplus: the live sessions of the account that the limit ends, which a store may know a faster way to.
    package func begin(_ login: SessionStart, surplus: () throws -> [Session]) throws -> SessionStartOutcome {
        let session = login.session
        guard var user = try user(session.userID), user.isActive, user.passwordHash == login.verified else {
            return .refused
        }
        if let rehashed = login.rehashed {
            user.passwordHash = rehashed
            try save(user)
        }
        let ended = try end(try surplus(), because: .limit, at: session.createdAt)
        guard try insert(session) else { throw AuthError(.internalError) }
        try release(login.release)
        try record(.loginSucceeded, of: user.id, session: session.id, at: session.createdAt)
        return .begun(ended: ended)
    }

    package func rotate(_ rotation: Rotation) throws -> RotationOutcome {
        // The account before its session, as everybody locks them.
        guard let owner = try user(rotation.user), let stored = try session(rotation.session) else {
            return .refused(.unknown)
        }
        switch rotation.decision(for: stored, userIsActive: owner.isActive) {
        case .rotate:
            try update(rotation.applied(to: stored))
            return .rotated(absoluteEnd: stored.absoluteExpiresAt)
        case .outlives: return .outlives(absoluteEnd: stored.absoluteExpiresAt)
        case .replay: return .replayed(stored)
        case .reuse:
            try record(.tokenReuse, of: rotation.user, session: rotation.session, at: rotation.now)
            let ended =
                rotation.reuseEnds == .user
                ? try endSessions(of: rotation.user, because: .reuse, at: rotation.now)
                : try end([stored], because: .reuse, at: rotation.now)
            if !ended.isEmpty { try notify(rotation.notice, owner, at: rotation.now) }
            return .reused(ended: ended)
        case .refuse(let refusal): return .refused(refusal)
        }
    }

    /// The live sessions of a user, the latest used first, at most `limit`.
    package func liveSessions(of user: UserID, limit: Int = .max, at now: Timestamp) throws -> [Session] {
        let live = try openSessions(of: user).filter { $0.isLive(at: now) }
        return Array(live.sorted { ($0.lastUsedAt, $0.createdAt) > ($1.lastUsedAt, $1.createdAt) }.prefix(limit))
    }

    /// How many sessions are live, of all accounts.
    package func liveSessionCount(at now: Timestamp) throws -> Int {
        try count(
            Query<Session>().where(\.isRevoked, false).where(\.expiresAt, after: now)
                .where(\.absoluteExpiresAt, after: now))
    }

    /// Ends one session of that user that is live, or whose access tokens may be. Nil when the user has no such session.
    package func revoke(
        _ id: SessionID, of user: UserID, because reason: SessionEnd = .revoke, at now: Timestamp
    ) throws -> EndedSession? {
        guard let session = try session(id), session.userID == user, session.mayAct(at: now) else { return nil }
        return try end([session], because: reason, at: now).first
    }

    /// Ends every session of a user that is live, or whose access tokens may be, and by time the access tokens that name
    /// no session.
    package func revokeAll(
        of id: UserID, because reason: SessionEnd = .logoutAll, at now: Timestamp
    ) throws -> [EndedSession] {
        guard var user = try user(id) else { return [] }
        user.revokedBefore = now
        let ended = try end(try openSessions(of: id).filter { $0.mayAct(at: now) }, because: reason, at: now)
        try save(user)
        return ended
    }

    /// Ends every session of a user that has not been ended.
    func endSessions(of user: UserID, because reason: SessionEnd, at now: Timestamp) throws -> [EndedSession] {
        try end(try openSessions(of: user), because: reason, at: now)
    }

    private func openSessions(of user: UserID) throws -> [Session] {
        try all(Query<Session>().where(\.userID, user).where(\.isRevoked, false))
    }

    /// Ends those that have not been ended.
    func end(_ sessions: [Session], because reason: SessionEnd, at now: Timestamp) throws -> [EndedSession] {
        let ended = sessions.filter { !$0.isRevoked }.map {
            var session = $0
            session.revokedAt = now
            return session
        }
        if !ended.isEmpty { try update(ended) }
        return try ended.map {
            let session = EndedSession(id: $0.id, accessExpiresAt: $0.accessExpiresAt)
            tell(.sessionEnded(session))
            try record(.sessionRevoked, of: $0.userID, session: $0.id, detail: reason.detail, at: now)
            return session
        }
    }
}
