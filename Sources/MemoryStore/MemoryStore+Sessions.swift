public import MVPAuth

extension MemoryStore {
    public func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome {
        state.withLock { state in
            let session = login.session
            guard var user = state.users[session.userID], user.isActive, user.passwordHash == login.verified else {
                return .refused
            }
            if let rehashed = login.rehashed {
                user.passwordHash = rehashed
                state.users[user.id] = user
            }
            let live = state.sessionIDs(of: user.id).compactMap { state.sessions[$0] }
                .filter { state.isLive($0, at: session.createdAt) }
                .sorted { ($0.lastUsedAt, $0.createdAt) < ($1.lastUsedAt, $1.createdAt) }
            let surplus = live.prefix(max(0, live.count + 1 - login.limit)).map(\.id)
            let ended = state.end(surplus, at: session.createdAt)
            state.sessions[session.id] = session
            state.sessionsByUser[user.id, default: []].insert(session.id)
            return .begun(ended: ended)
        }
    }

    public func session(_ id: SessionID) async throws(AuthError) -> Session? {
        state.withLock { $0.sessions[id] }
    }

    public func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome {
        state.withLock { state in
            let stored = state.sessions[rotation.session]
            let isActive = state.users[rotation.user]?.isActive ?? false
            guard let stored else { return .refused(.unknown) }
            switch rotation.decision(for: stored, userIsActive: isActive) {
            case .rotate:
                let next = rotation.applied(to: stored)
                state.sessions[next.id] = next
                return .rotated(absoluteEnd: next.absoluteExpiresAt)
            case .outlives:
                return .outlives(absoluteEnd: stored.absoluteExpiresAt)
            case .replay:
                return .replayed(stored)
            case .reuse:
                let ids = rotation.reuseEnds == .user ? state.sessionIDs(of: rotation.user) : [rotation.session]
                return .reused(ended: state.end(ids, at: rotation.now))
            case .refuse(let refusal):
                return .refused(refusal)
            }
        }
    }

    public func liveSessions(of user: UserID, limit: Int, at now: Timestamp) async throws(AuthError) -> [Session] {
        state.withLock { state in
            let live = state.sessionIDs(of: user).compactMap { state.sessions[$0] }.filter { state.isLive($0, at: now) }
            return Array(live.sorted { ($0.lastUsedAt, $0.createdAt) > ($1.lastUsedAt, $1.createdAt) }.prefix(limit))
        }
    }

    public func revoke(_ id: SessionID, of user: UserID, at now: Timestamp) async throws(AuthError) -> EndedSession? {
        state.withLock { state in
            guard let session = state.sessions[id], session.userID == user, state.mayAct(session, at: now) else {
                return nil
            }
            return state.end([id], at: now).first
        }
    }

    public func revokeAll(of user: UserID, at now: Timestamp) async throws(AuthError) -> [EndedSession] {
        state.withLock { state in
            state.users[user]?.revokedBefore = now
            let acting = state.sessionIDs(of: user).filter { id in
                state.sessions[id].map { state.mayAct($0, at: now) } ?? false
            }
            return state.end(acting, at: now)
        }
    }
}
