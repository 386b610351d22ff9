/// Changes passwords: by the old one, or by a message to the account's address.
public struct PasswordService: Sendable {
    let core: AuthCore

    /// Puts a reset message into the outbox, if the address is that of an active account. The caller is told nothing about that, by
    /// answer or by time; the account is not changed.
    public func forgotPassword(email: String, for caller: Caller = .local) async throws(AuthError) {
        try await core.send(.passwordReset, to: email, for: caller) { $0.isActive }
    }

    /// Sets a new password by a reset token, which works once. Ends every session and verifies the address. A token of
    /// the Python library names neither address nor generation: it must be younger than the password and the address.
    ///
    /// Throws `PASSWORD_VALIDATION`, `INVALID_VERIFICATION_TOKEN`, `USER_INACTIVE`.
    public func resetPassword(token: Secret, newPassword: Secret, for caller: Caller = .local) async throws(AuthError) {
        let claims = try core.tokens.checkEmailed(token.reveal(), kind: .passwordReset)
        guard let address = try await core.address(of: claims, unchangedSince: claims.issuedAt - 1) else {
            throw AuthError.invalidResetToken
        }
        try core.policy.password.check(newPassword, field: "new_password", email: address)
        let hash = try await core.hasher.hash(newPassword, for: caller.name)
        let reset = PasswordReset(
            user: claims.subject,
            token: BlockedToken(
                tokenID: claims.tokenID, kind: .passwordReset, expiresAt: Timestamp(seconds: claims.expiresAt)),
            address: address,
            validity: claims.generation.map { .generation($0) } ?? .issuedAt(claims.issuedAt),
            to: hash, notice: core.notice(.passwordChanged, for: caller.app),
            release: try await core.release(of: claims.subject), now: core.time.now())
        switch try await core.store.write({ try $0.resetPassword(reset) }) {
        case .changed: return
        case .inactive: throw AuthError(.userInactive)
        case .stale: throw AuthError.invalidResetToken
        }
    }

    /// Replaces the password, given the current one. Ends every session.
    ///
    /// Throws `INVALID_CREDENTIALS` for a wrong current password, `RATE_LIMITED` after some of them, `PASSWORD_VALIDATION`,
    /// `USER_NOT_FOUND`, `USER_INACTIVE`.
    public func changePassword(
        of id: UserID, current: Secret, new: Secret, for caller: Caller = .local
    ) async throws(AuthError) {
        guard let user = try await core.store.user(id) else { throw AuthError(.userNotFound) }
        guard user.isActive else { throw AuthError(.userInactive) }
        try core.policy.password.check(new, field: "new_password", email: user.email)
        guard PasswordPolicy.isPlausible(current) else { throw AuthError.wrongCurrentPassword }
        // A stolen access token must not be a way to guess the password.
        let attempt = try await core.throttle.admitChange(of: user, for: caller)
        let hash: PasswordHash
        do throws(AuthError) {
            guard
                case .match = try await core.hasher.verify(
                    current, against: user.passwordHash.comparable, for: caller.name)
            else { throw AuthError.wrongCurrentPassword }
            hash = try await core.hasher.hash(new, for: caller.name)
        } catch {
            if error.code == .invalidCredentials {
                core.throttle.noteWrongCurrent(attempt)
            } else if !error.executed {
                try await core.throttle.giveBack(attempt)
            }
            throw error
        }
        let change = PasswordChange(
            user: id, from: user.passwordHash, to: hash, notice: core.notice(.passwordChanged, for: caller.app),
            release: core.throttle.release(of: user), now: core.time.now())
        switch try await core.store.write({ try $0.changePassword(change) }) {
        case .changed: return
        case .inactive: throw AuthError(.userInactive)
        case .stale: throw AuthError.wrongCurrentPassword
        }
    }
}
