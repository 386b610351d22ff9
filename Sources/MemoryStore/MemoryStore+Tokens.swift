public import MVPAuth

extension MemoryStore {
    public func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        state.withLock { state in
            state.blocked[token.tokenID] = token
            guard let session, state.sessions[session]?.userID == user else { return nil }
            return state.end([session], at: now).first
        }
    }

    public func death(of token: Claims) async throws(AuthError) -> AuthError.Code? {
        state.withLock { state in
            token.death(
                isBlocked: state.blocked[token.tokenID]?.kind == .access,
                session: token.sessionID.flatMap { state.sessions[$0] }, user: state.users[token.subject])
        }
    }

    public func revocations(at now: Timestamp) async throws(AuthError) -> RevocationSnapshot {
        state.withLock { state in
            RevocationSnapshot(
                tokens: state.blocked.values.filter { $0.kind == .access && $0.expiresAt > now },
                sessions: state.sessions.values.filter { $0.isRevoked && $0.accessExpiresAt > now }
                    .map { EndedSession(id: $0.id, accessExpiresAt: $0.accessExpiresAt) },
                inactiveUsers: state.users.values.filter { !$0.isActive }.map(\.id),
                deletedUsers: state.tombstones.filter { $0.value > now }.map { ($0.key, $0.value) },
                cutoffs: state.users.values.compactMap { user in
                    user.revokedBefore.flatMap {
                        $0 > now - RevocationSnapshot.longestAccessToken ? (user.id, $0) : nil
                    }
                })
        }
    }

    public func purge(expiredBefore: Timestamp, limit: Int) async throws(AuthError) -> Int {
        state.withLock { state in
            let tokens = state.blocked.values.filter { $0.expiresAt < expiredBefore }.prefix(limit).map(\.tokenID)
            for token in tokens { state.blocked[token] = nil }
            let sessions = state.sessions.values.filter { $0.isOver(before: expiredBefore) }.prefix(limit)
            for session in sessions {
                state.sessions[session.id] = nil
                state.sessionsByUser[session.userID]?.remove(session.id)
            }
            let tombstones = state.tombstones.filter { $0.value < expiredBefore }.prefix(limit).map(\.key)
            for user in tombstones { state.tombstones[user] = nil }
            return max(tokens.count, sessions.count, tombstones.count)
        }
    }
}

extension Session {
    /// Whether nothing can refer to the session any more: neither its refresh token nor an access token of it.
    fileprivate func isOver(before instant: Timestamp) -> Bool {
        guard accessExpiresAt < instant else { return false }
        return min(expiresAt, absoluteExpiresAt) < instant || (revokedAt.map { $0 < instant } ?? false)
    }
}
