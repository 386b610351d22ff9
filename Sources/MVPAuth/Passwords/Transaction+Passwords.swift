extension Transaction {
    /// Replaces the password while the hash that was verified is still the stored one and the account is active.
    /// Counts the change and ends every session.
    package func changePassword(_ change: PasswordChange) throws -> PasswordOutcome {
        guard let user = try user(change.user), user.passwordHash == change.from else { return .stale }
        guard user.isActive else { return .inactive }
        return .changed(
            try setPassword(change.to, of: user, .passwordChanged, change.notice, change.release, at: change.now))
    }

    /// Replaces the password by a reset token that works once. Marks the address verified and ends every session.
    package func resetPassword(_ reset: PasswordReset) throws -> PasswordOutcome {
        guard var user = try user(reset.user), reset.isValid(for: user) else { return .stale }
        guard user.isActive else { return .inactive }
        guard try insert(reset.token) else { return .stale }
        if !user.isVerified { try record(.accountVerified, of: user.id, at: reset.now) }
        user.isVerified = true
        return .changed(
            try setPassword(reset.to, of: user, .passwordReset, reset.notice, reset.release, at: reset.now))
    }

    /// Replaces the password, whatever it was. Counts the change and ends every session. Nil when there is no such account.
    package func replacePassword(
        of id: UserID, by hash: PasswordHash, _ notice: EmailNotice?, _ release: ThrottleRelease?, at now: Timestamp
    ) throws -> AccountChange? {
        try user(id).map { try setPassword(hash, of: $0, .passwordChanged, notice, release, at: now) }
    }

    private func setPassword(
        _ hash: PasswordHash, of user: User, _ event: AuthEvent.Kind, _ notice: EmailNotice?,
        _ release: ThrottleRelease?, at now: Timestamp
    ) throws -> AccountChange {
        var user = user
        user.passwordHash = hash
        user.passwordGeneration += 1
        user.passwordChangedAt = now
        user.updatedAt = now
        user.revokedBefore = now
        try record(event, of: user.id, at: now)
        let ended = try endSessions(of: user.id, because: .password, at: now)
        try save(user)
        try notify(notice, user, at: now)
        try self.release(release)
        return AccountChange(user: user, ended: ended)
    }
}
