/// Taking accounts over from elsewhere.
extension Transaction {
    /// Takes an account over. It is the one with its identifier, or else the one with its address: the same import again
    /// does nothing more.
    ///
    /// What its owner has done since it was taken over is not undone: a password that was set or hashed here stays.
    ///
    /// - Parameter newID: for an account that brings no identifier.
    package func take(
        _ account: ImportedAccount, onConflict conflict: ImportConflict, newID: UserID, at now: Timestamp
    ) throws -> ImportOutcome {
        let byID = try account.id.flatMap { try user($0) }
        let byAddress = try user(spelled: account.email.spelling, canonical: account.email)
        if let byID, let byAddress, byID.id != byAddress.id {
            return .refused("email is the address of another account")
        }
        guard let known = byID ?? byAddress else { return try takeNew(account, account.id ?? newID, at: now) }
        return conflict == .skip ? .skipped : try update(known, to: account, at: now)
    }

    private func takeNew(_ account: ImportedAccount, _ id: UserID, at now: Timestamp) throws -> ImportOutcome {
        guard try find(DeletedUser.self, id) == nil else {
            return .refused("id is that of an account that was deleted just now")
        }
        let isNew = try insert(
            User(
                id: id, email: account.email.spelling, canonicalEmail: account.email.address,
                passwordHash: account.passwordHash ?? .none, isActive: account.isActive ?? true,
                isVerified: account.isVerified ?? false, createdAt: account.createdAt ?? now, updatedAt: now,
                passwordChangedAt: now))
        return isNew ? .created : .refused("id or email was taken just now by another account")
    }

    private func update(_ known: User, to account: ImportedAccount, at now: Timestamp) throws -> ImportOutcome {
        var update = AccountUpdate(of: known.id, at: now)
        if !known.canonicalEmail.utf8.elementsEqual(account.email.address.utf8) { update.email = account.email }
        if account.isVerified != known.isVerified || update.email != nil { update.isVerified = account.isVerified }
        if account.isActive != known.isActive { update.isActive = account.isActive }
        let isUpdated = update.email != nil || update.isVerified != nil || update.isActive != nil
        if isUpdated { _ = try self.update(update) }
        var isRehashed = false
        if let hash = account.passwordHash, hash != known.passwordHash,
            known.passwordHash.isImported || known.passwordHash == .none
        {
            isRehashed = try replacePassword(of: known.id, by: hash, nil, nil, at: now) != nil
        }
        guard isUpdated || isRehashed else { return .skipped }
        return .updated(known.id, changesActivity: update.isActive != nil)
    }

    /// Accounts in the order of an export, behind a place in it: the oldest first, so that what is made meanwhile comes too.
    package func export(after cursor: PageCursor<User>?, limit: Int) throws -> [User] {
        var query = Query<User>().ordered(by: \.createdAt).ordered(by: \.id).limited(to: limit)
        if let cursor {
            var last = User.blank
            (last.createdAt, last.id) = (cursor.createdAt, cursor.id)
            query = query.after(last)
        }
        return try all(query)
    }
}
