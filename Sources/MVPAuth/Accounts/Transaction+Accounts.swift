extension Transaction {
    package func user(_ id: UserID) throws -> User? { try find(User.self, id) }

    /// Each of the ways is tried whatever the others find: an account that is there takes no less time than none.
    package func user(spelled address: String, canonical: Email?) throws -> User? {
        let bySpelling = try all(Query<User>().where(\.email, address))
        let form = canonical?.address ?? address
        let byForm = try all(Query<User>().where(\.email, form))
        let byKey = try all(Query<User>().where(\.emailKey, form))
        return bySpelling.first ?? (canonical == nil ? nil : byForm.first ?? byKey.first)
    }

    /// Inserts an account. Throws `USER_EXISTS` when its address is taken.
    package func create(_ user: User) throws {
        guard try insert(user) else { throw AuthError(.userExists) }
    }

    /// Marks the address verified if it is still the account's.
    package func verifyEmail(of id: UserID, address: String, at now: Timestamp) throws -> VerificationOutcome {
        guard var user = try user(id), user.email.utf8.elementsEqual(address.utf8) else { return .mismatch }
        guard user.isActive else { return .inactive }
        guard !user.isVerified else { return .alreadyVerified }
        user.isVerified = true
        user.updatedAt = now
        try save(user)
        return .verified(user)
    }

    /// Activates or deactivates an account; deactivating ends every session. Nil when there is no such account.
    package func setActive(_ active: Bool, user id: UserID, at now: Timestamp) throws -> AccountChange? {
        guard var user = try user(id) else { return nil }
        user.isActive = active
        user.updatedAt = now
        if !active { user.revokedBefore = now }
        let ended = active ? [] : try endSessions(of: id, at: now)
        try save(user, tellsActivity: true)
        return AccountChange(user: user, ended: ended)
    }

    /// Deletes an account with its sessions. A tombstone is kept until `until`. False when there is no such account.
    package func delete(_ id: UserID, tombstoneUntil until: Timestamp) throws -> Bool {
        guard try user(id) != nil else { return false }
        if let tombstone = try find(DeletedUser.self, id) {
            try update(DeletedUser(id: id, until: max(until, tombstone.until)))
        } else {
            _ = try insert(DeletedUser(id: id, until: until))
        }
        try delete(Query<Session>().where(\.userID, id))
        try delete(Query<EmailMessage>().where(\.userID, id))
        try delete(Query<User>(id))
        tell(.userDeleted(id, until: until))
        return true
    }

    /// How most of the stored passwords were hashed, by a sample: ids are random. Nil when there are none.
    package func usualPasswordForm() throws -> PasswordForm? {
        PasswordForm.mostFrequent(
            of: try all(Query<User>().ordered(by: \.id).limited(to: 2000)).map(\.passwordHash.text))
    }

    /// - Parameter tellsActivity: whether the operation is about the account's being active.
    func save(_ user: User, tellsActivity: Bool = false) throws {
        try update(user)
        tell(
            .userChanged(
                user.id, isActive: tellsActivity ? user.isActive : nil, revokedBefore: user.revokedBefore))
    }
}
