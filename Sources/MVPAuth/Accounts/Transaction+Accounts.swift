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
        try record(.accountRegistered, of: user.id, at: user.updatedAt)
    }

    /// Marks the address verified if it is still the account's.
    package func verifyEmail(of id: UserID, address: String, at now: Timestamp) throws -> VerificationOutcome {
        guard var user = try user(id), user.email.utf8.elementsEqual(address.utf8) else { return .mismatch }
        guard user.isActive else { return .inactive }
        guard !user.isVerified else { return .alreadyVerified }
        user.isVerified = true
        user.updatedAt = now
        try save(user)
        try record(.accountVerified, of: user.id, at: now)
        return .verified(user)
    }

    /// Activates or deactivates an account; deactivating ends every session. Nil when there is no such account.
    package func setActive(_ active: Bool, user id: UserID, at now: Timestamp) throws -> AccountChange? {
        try update(AccountUpdate(of: id, isActive: active, at: now))
    }

    /// Deletes an account with everything that is its own: its sessions, and what the outbox holds for it or for its
    /// address. A tombstone is kept until `until`. Of what was noted of it nothing says any more that it was this account.
    ///
    /// - Returns: what stands for it there; nil when there is no such account.
    package func delete(_ id: UserID, tombstoneUntil until: Timestamp, at now: Timestamp) throws -> UserID? {
        guard let user = try user(id) else { return nil }
        if let tombstone = try find(DeletedUser.self, id) {
            try update(DeletedUser(id: id, until: max(until, tombstone.until)))
        } else {
            _ = try insert(DeletedUser(id: id, until: until))
        }
        try delete(Query<Session>().where(\.userID, id))
        try delete(Query<EmailMessage>().where(\.userID, id))
        // Somebody may have asked for a message before there was an account, or since its address changed.
        for address in [user.email, user.canonicalEmail] {
            try delete(Query<EmailMessage>().where(\.addressKey, address))
        }
        try delete(Query<User>(id))
        // At last: whoever was at one of its sessions is done by now.
        let tombstone = try eraseEvents(of: id)
        try record(.accountDeleted, of: tombstone, at: now)
        tell(.userDeleted(id, until: until))
        return tombstone
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
