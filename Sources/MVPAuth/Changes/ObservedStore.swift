/// A store whose committed changes are published: the only one that services write to, so that none of them can forget.
struct ObservedStore: Sendable {
    let base: any AuthStore
    let feed: ChangeFeed
    let revocations: RevocationIndex

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try await base.read { try body(Transaction($0)) }
    }

    /// Runs an operation and publishes what it changed, once that is committed.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(AuthError) -> Value {
        let (value, changes) = try await base.write { verbs in
            let transaction = Transaction(verbs)
            return (try body(transaction), transaction.changes)
        }
        feed.publish(changes)
        return value
    }

    func user(_ id: UserID) async throws(AuthError) -> User? { try await read { try $0.user(id) } }

    func session(_ id: SessionID) async throws(AuthError) -> Session? { try await read { try $0.session(id) } }

    // What a store may answer in a statement of its own.

    func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome {
        let outcome = try await base.begin(login)
        feed.publish(outcome.changes(by: login))
        return outcome
    }

    func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome {
        let outcome = try await base.rotate(rotation)
        feed.publish(outcome.changes(by: rotation))
        return outcome
    }

    func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, at now: Timestamp
    ) async throws(AuthError) {
        let ended = try await base.logout(blocking: token, ending: session, of: user, at: now)
        feed.publish([.tokenBlocked(token)] + (ended.map { [.sessionEnded($0)] } ?? []))
    }

    // What publishes with care.

    func update(_ update: AccountUpdate) async throws(AuthError) -> AccountChange? {
        let seen = revocations.changes
        guard let outcome = try await write({ try $0.update(update) }) else { return nil }
        if update.isActive != nil, revocations.changes != seen &+ 1 { await settleActivity(of: update.user) }
        return outcome
    }

    func take(
        _ accounts: [(ImportedAccount, UserID)], onConflict conflict: ImportConflict, at now: Timestamp
    ) async throws(AuthError) -> [ImportOutcome] {
        let seen = revocations.changes
        let outcomes = try await write { transaction in
            try accounts.map { try transaction.take($0.0, onConflict: conflict, newID: $0.1, at: now) }
        }
        if revocations.changes != seen &+ 1 {
            for case .updated(let id, changesActivity: true) in outcomes { await settleActivity(of: id) }
        }
        return outcomes
    }

    /// Two that switch accounts at once may publish in another order than they committed in: what is stored is read until
    /// nobody has switched one meanwhile. Where it cannot be read, the account is inactive to this process until it is
    /// switched again.
    private func settleActivity(of id: UserID) async {
        while true {
            let seen = revocations.changes
            let stored = try? await user(id)
            feed.publish([.userChanged(id, isActive: stored?.isActive ?? false)])
            if revocations.changes == seen &+ 1 { return }
        }
    }
}
