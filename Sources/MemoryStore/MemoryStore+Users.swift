public import MVPAuth

extension MemoryStore {
    public func create(_ user: User) async throws(AuthError) {
        let isNew = state.withLock { state in
            let addresses = state.addresses(of: user)
            guard addresses.allSatisfy({ state.addresses[$0] == nil }) else { return false }
            for address in addresses { state.addresses[address] = user.id }
            state.users[user.id] = user
            return true
        }
        if !isNew { throw AuthError(.userExists) }
    }

    public func user(_ id: UserID) async throws(AuthError) -> User? {
        state.withLock { $0.users[id] }
    }

    public func user(spelled address: String, canonical: Email?) async throws(AuthError) -> User? {
        state.withLock { state in
            let id =
                state.addresses[Array(address.utf8)] ?? canonical.flatMap { state.addresses[Array($0.address.utf8)] }
            return id.flatMap { state.users[$0] }
        }
    }

    public func usualPasswordForm() async throws(AuthError) -> PasswordForm? {
        PasswordForm.mostFrequent(of: state.withLock { $0.users.values.prefix(2000).map(\.passwordHash.text) })
    }

    public func verifyEmail(
        of id: UserID, address: String, at now: Timestamp
    ) async throws(AuthError) -> VerificationOutcome {
        state.withLock { state in
            guard var user = state.users[id], user.email.utf8.elementsEqual(address.utf8) else { return .mismatch }
            guard user.isActive else { return .inactive }
            guard !user.isVerified else { return .alreadyVerified }
            user.isVerified = true
            user.updatedAt = now
            state.users[id] = user
            return .verified(user)
        }
    }

    public func changePassword(_ change: PasswordChange) async throws(AuthError) -> PasswordOutcome {
        state.withLock { state in
            guard var user = state.users[change.user], user.passwordHash == change.from else { return .stale }
            guard user.isActive else { return .inactive }
            return .changed(state.setPassword(change.to, of: &user, at: change.now))
        }
    }

    public func resetPassword(_ reset: PasswordReset) async throws(AuthError) -> PasswordOutcome {
        state.withLock { state in
            guard var user = state.users[reset.user], reset.isValid(for: user),
                state.blocked[reset.token.tokenID] == nil
            else { return .stale }
            guard user.isActive else { return .inactive }
            state.blocked[reset.token.tokenID] = reset.token
            user.isVerified = true
            return .changed(state.setPassword(reset.to, of: &user, at: reset.now))
        }
    }

    public func setActive(_ active: Bool, user id: UserID, at now: Timestamp) async throws(AuthError) -> AccountChange?
    {
        state.withLock { state in
            guard var user = state.users[id] else { return nil }
            user.isActive = active
            user.updatedAt = now
            if !active { user.revokedBefore = now }
            state.users[id] = user
            return AccountChange(user: user, ended: active ? [] : state.end(state.sessionIDs(of: id), at: now))
        }
    }

    public func delete(_ id: UserID, tombstoneUntil: Timestamp) async throws(AuthError) -> Bool {
        state.withLock { state in
            guard let user = state.users.removeValue(forKey: id) else { return false }
            for address in state.addresses(of: user) { state.addresses[address] = nil }
            for session in state.sessionsByUser.removeValue(forKey: id) ?? [] { state.sessions[session] = nil }
            state.tombstones[id] = tombstoneUntil
            return true
        }
    }
}
