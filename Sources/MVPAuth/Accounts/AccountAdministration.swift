/// The operators' hand on accounts. Nothing here asks for a password or a token: who may call it has been judged before.
public struct AccountAdministration: Sendable {
    let core: AuthCore

    /// A part of the list of accounts, the newest first. An account that stays while others come and go is on exactly one
    /// page.
    ///
    /// Throws `INVALID_PARAMS` for a cursor that is none of this list.
    package func accounts(
        _ filter: AccountFilter, _ request: PageRequest
    ) async throws(AuthError) -> Page<AccountSummary> {
        let cursor: PageCursor<User>? = try request.cursor(by: core.cursorKey)
        guard !filter.isThrottled else { return try await throttledAccounts(filter, after: cursor, request) }
        let found = try await core.store.read { try $0.accounts(filter, after: cursor, limit: request.limit + 1) }
        return request.page(of: found, by: core.cursorKey) {
            PageCursor<User>(createdAt: $0.user.createdAt, id: $0.user.id)
        }
    }

    /// So many accounts are looked at for a page of those that are throttled: it may be short, or empty, and have another
    /// one behind it. The rows of failures name no account that they could be found by.
    private static let accountsLookedAt = 500

    private func throttledAccounts(
        _ filter: AccountFilter, after cursor: PageCursor<User>?, _ request: PageRequest
    ) async throws(AuthError) -> Page<AccountSummary> {
        let (throttle, now) = (core.throttle, core.time.now())
        let (found, last) = try await core.store.read { transaction in
            try transaction.accounts(
                filter, after: cursor, limit: request.limit, lookingAt: Self.accountsLookedAt
            ) { try throttle.isThrottled($0, in: transaction, at: now) }
        }
        let next = last.map {
            PageCursor<User>(createdAt: $0.createdAt, id: $0.id).text(in: request.list, by: core.cursorKey)
        }
        return Page(elements: found, next: next)
    }

    /// What the beginning of an address, or an identifier, asks a list for.
    package func key(_ text: String) -> AccountFilter.Key {
        UserID(anyCase: text).map { .id($0) }
            ?? .address(canonical: core.emails.canonicalBeginning(text), written: EmailPolicy.trimmed(text))
    }

    /// Throws `USER_NOT_FOUND`.
    package func account(_ id: UserID) async throws(AuthError) -> AccountDetails {
        let now = core.time.now()
        let throttle = core.throttle
        let found = try await core.store.read { transaction -> AccountDetails? in
            guard var account = try transaction.account(id, at: now) else { return nil }
            account.throttles = try throttle.counts(of: account.summary.user, in: transaction, at: now)
            return account
        }
        guard let found else { throw AuthError(.userNotFound) }
        return found
    }

    /// The account of an address, in any spelling of it. Throws `USER_NOT_FOUND`.
    package func account(addressed email: String) async throws(AuthError) -> AccountDetails {
        guard let user = try await core.user(addressed: email).user else { throw AuthError(.userNotFound) }
        return try await account(user.id)
    }

    /// What an account that an operator makes may begin with.
    package struct NewAccount: Sendable {
        package var id: UserID?
        package var email: String
        package var password: Password = .none
        package var isVerified = false
        package var isActive = true
        package var createdAt: Timestamp?

        package enum Password: Sendable {
            /// The owner sets one by a reset.
            case none
            case plain(Secret)
            /// Made elsewhere, with whatever that means for how it is compared.
            case hash(String)
        }

        package init(email: String) {
            self.email = email
        }
    }

    /// Creates an account. Nothing is sent to its owner.
    ///
    /// Throws `VALIDATION_ERROR` for the address, `PASSWORD_VALIDATION`, `USER_EXISTS`, and `INVALID_PARAMS` for a time
    /// that is to come, or the identifier of an account that was deleted just now.
    package func create(_ new: NewAccount, for caller: Caller) async throws(AuthError) -> User {
        let email = try core.emails.canonical(new.email)
        let now = core.time.now()
        guard new.createdAt ?? now <= now else {
            throw AuthError(.invalidParams, fields: [.init("created_at", "is in the future")])
        }
        let hash = try await hash(new.password, email, caller)
        let user = User(
            id: new.id ?? .random(from: core.entropy), email: email.spelling, canonicalEmail: email.address,
            passwordHash: hash, isActive: new.isActive, isVerified: new.isVerified, createdAt: new.createdAt ?? now,
            updatedAt: now, passwordChangedAt: now)
        let isCreated = try await core.store.write { transaction in
            guard try transaction.createAccount(user) else { return false }
            try transaction.record(.adminCreateUser, of: user.id, at: now)
            return true
        }
        guard isCreated else {
            throw AuthError(.invalidParams, fields: [.init("id", "is that of an account that was deleted just now")])
        }
        return user
    }

    private func hash(
        _ password: NewAccount.Password, _ email: Email, _ caller: Caller
    ) async throws(AuthError) -> PasswordHash {
        switch password {
        case .none: return .none
        case .plain(let password):
            try core.policy.password.check(password, field: "password", email: email.spelling)
            return try await core.hasher.hash(password, for: caller.name)
        case .hash(let text):
            return try await core.hasher.adopt(Secret(text), for: caller.name)
        }
    }

    /// Changes an account. One that is deactivated can do nothing, at once. Another address has to be proved by a message
    /// to it, unless `isVerified` vouches for it; its sessions live on.
    ///
    /// Throws `USER_NOT_FOUND`, `USER_EXISTS`, `VALIDATION_ERROR` for the address.
    package func update(
        _ id: UserID, email: String?, isVerified: Bool?, isActive: Bool?, for caller: Caller
    ) async throws(AuthError) -> User {
        var update = AccountUpdate(of: id, isVerified: isVerified, isActive: isActive, at: core.time.now())
        if let email {
            update.email = try core.emails.canonical(email)
            if core.policy.sendsEmail {
                // Addressed by the transaction, once the account has the address.
                update.verification = core.tokens.message(.verification, to: nil, asked: nil, app: caller.app)
                update.verification?.userID = id
            }
        }
        guard let change = try await core.store.update(update, calling: .adminUpdateUser) else {
            throw AuthError(.userNotFound)
        }
        return change.user
    }

    /// Replaces the password, and ends every session.
    ///
    /// Throws `USER_NOT_FOUND`, `PASSWORD_VALIDATION`.
    package func setPassword(of id: UserID, to password: Secret, for caller: Caller) async throws(AuthError) {
        guard let user = try await core.store.user(id) else { throw AuthError(.userNotFound) }
        try core.policy.password.check(password, field: "password", email: user.email)
        let hash = try await core.hasher.hash(password, for: caller.name)
        let (notice, now) = (core.notice(.passwordChanged, for: caller.app), core.time.now())
        let release = core.throttle.release(of: user)
        try await core.store.write { transaction in
            guard try transaction.replacePassword(of: id, by: hash, notice, release, at: now) != nil else {
                throw AuthError(.userNotFound)
            }
            try transaction.record(.adminSetPassword, of: id, at: now)
        }
    }

    /// Sends the owner a message to set a password by, however many were asked for before. The password stays until then.
    ///
    /// Throws `USER_NOT_FOUND`, `USER_INACTIVE`, and `INVALID_PARAMS` where no email is sent.
    package func sendReset(to id: UserID, for caller: Caller) async throws(AuthError) {
        guard core.policy.sendsEmail else {
            throw AuthError(.invalidParams, fields: [.init("password", "is missing: this service sends no email")])
        }
        guard let user = try await core.store.user(id) else { throw AuthError(.userNotFound) }
        guard user.isActive else { throw AuthError(.userInactive) }
        let message = core.tokens.message(.passwordReset, to: user, asked: user.canonicalEmail, app: caller.app)
        try await core.store.write { transaction in
            _ = try transaction.enqueue(message, isLimited: false) { $0.isActive }
            try transaction.record(.adminSetPassword, of: id, detail: "reset=sent", at: message.createdAt)
        }
    }

    /// Ends every session of an account, or one. Returns how many there were.
    ///
    /// Throws `USER_NOT_FOUND`, `SESSION_NOT_FOUND`.
    package func signOut(_ id: UserID, session: SessionID?) async throws(AuthError) -> Int {
        let now = core.time.now()
        return try await core.store.write { transaction in
            guard try transaction.user(id) != nil else { throw AuthError(.userNotFound) }
            try transaction.record(.adminSignOut, of: id, session: session, at: now)
            guard let session else { return try transaction.revokeAll(of: id, because: .operator, at: now).count }
            guard try transaction.revoke(session, of: id, because: .operator, at: now) != nil else {
                throw AuthError(.sessionNotFound)
            }
            return 1
        }
    }

    /// Forgets who failed to sign in to an account: whoever was kept out by that may try again.
    ///
    /// Throws `USER_NOT_FOUND`.
    package func unblock(_ id: UserID) async throws(AuthError) {
        guard let user = try await core.store.user(id) else { throw AuthError(.userNotFound) }
        let release = core.throttle.release(of: user)
        let now = core.time.now()
        try await core.store.write { transaction in
            try transaction.forget(throttles: [release.account] + release.removed)
            try transaction.record(.adminUnblock, of: id, at: now)
        }
    }

    /// Deletes an account and everything that is its own. The address has to be said, in any spelling, so that no
    /// mistaken identifier deletes another account.
    ///
    /// Throws `USER_NOT_FOUND`, and `INVALID_PARAMS` for another address.
    package func delete(_ id: UserID, email: String) async throws(AuthError) {
        let (written, canonical) = (EmailPolicy.trimmed(email), core.emails.canonicalIfValid(email)?.address)
        let now = core.time.now()
        let until = now + core.policy.accessTokenLifetime
        let isDeleted = try await core.store.write { transaction in
            guard let user = try transaction.user(id) else { return false }
            guard
                user.email.utf8.elementsEqual(written.utf8)
                    || canonical.map({ user.canonicalEmail.utf8.elementsEqual($0.utf8) }) ?? false
            else { throw AuthError(.invalidParams, fields: [.init("email", "is not the address of this account")]) }
            guard let tombstone = try transaction.delete(id, tombstoneUntil: until, at: now) else { return false }
            try transaction.record(.adminDeleteUser, of: tombstone, at: now)
            return true
        }
        guard isDeleted else { throw AuthError(.userNotFound) }
    }

    /// A part of the list of sessions, the newest first: the ended ones too, as long as they are kept.
    ///
    /// Throws `INVALID_PARAMS` for a cursor that is none of this list.
    package func sessions(_ filter: SessionFilter, _ request: PageRequest) async throws(AuthError) -> Page<Session> {
        let cursor: PageCursor<Session>? = try request.cursor(by: core.cursorKey)
        let found = try await core.store.read { try $0.sessions(filter, after: cursor, limit: request.limit + 1) }
        return request.page(of: found, by: core.cursorKey) {
            PageCursor<Session>(createdAt: $0.createdAt, id: $0.id)
        }
    }
}
