/// A store whose committed changes are published: the only one that services write to, so that none of them can forget.
/// What it is asked is measured.
struct ObservedStore: Sendable {
    let base: any AuthStore
    let feed: ChangeFeed
    let revocations: RevocationIndex
    let time: any TimeSource
    let meter = StoreMeter()
    let entropy: any Entropy
    let log = Observer<[AuthEvent]>()
    /// Whether what is noted becomes rows.
    var keepsEvents: Bool

    /// How what this task does is noted.
    private var trail: AuditTrail { AuditTrail(RequestOrigin.current, isKept: keepsEvents, entropy: entropy) }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(AuthError) -> Value {
        try await measured(.read) { () async throws(AuthError) in try await base.read { try body(Transaction($0)) } }
    }

    /// Runs an operation and publishes what it changed and noted, once that is committed.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(AuthError) -> Value {
        let trail = trail
        let (value, changes, events) = try await measured(.write) { () async throws(AuthError) in
            try await base.write { verbs in
                let transaction = Transaction(verbs, trail)
                return (try body(transaction), transaction.changes, transaction.events)
            }
        }
        feed.publish(changes)
        if !events.isEmpty { log.tell(events) }
        return value
    }

    func user(_ id: UserID) async throws(AuthError) -> User? { try await read { try $0.user(id) } }

    func session(_ id: SessionID) async throws(AuthError) -> Session? { try await read { try $0.session(id) } }

    // What a store may answer in a statement of its own.

    func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome {
        var login = login
        login.trail = trail
        let outcome = try await measured(.begin) { () async throws(AuthError) in try await base.begin(login) }
        feed.publish(outcome.changes(by: login))
        return outcome
    }

    func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome {
        var rotation = rotation
        rotation.trail = trail
        let outcome = try await measured(.rotate) { () async throws(AuthError) in try await base.rotate(rotation) }
        feed.publish(outcome.changes(by: rotation))
        if case .reused = outcome {
            log.tell([trail.event(.tokenReuse, of: rotation.user, session: rotation.session, at: rotation.now)])
        }
        return outcome
    }

    func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, at now: Timestamp
    ) async throws(AuthError) {
        let ended = try await measured(.logout) { () async throws(AuthError) in
            try await base.logout(blocking: token, ending: session, of: user, noting: trail, at: now)
        }
        feed.publish([.tokenBlocked(token)] + (ended.map { [.sessionEnded($0)] } ?? []))
    }

    func user(spelled address: String, canonical: Email?) async throws(AuthError) -> User? {
        try await measured(.user) { () async throws(AuthError) in
            try await base.user(spelled: address, canonical: canonical)
        }
    }

    func subject(spelled address: String, canonical: Email?, keys: [String]) async throws(AuthError) -> LoginSubject {
        try await measured(.subject) { () async throws(AuthError) in
            try await base.subject(spelled: address, canonical: canonical, keys: keys)
        }
    }

    func rejection(of token: Claims) async throws(AuthError) -> AuthError.Code? {
        try await measured(.rejection) { () async throws(AuthError) in try await base.rejection(of: token) }
    }

    func revocations(at now: Timestamp) async throws(AuthError) -> RevocationSnapshot {
        try await measured(.revocations) { () async throws(AuthError) in try await base.revocations(at: now) }
    }

    func purge(expiredBefore instant: Timestamp, limit: Int) async throws(AuthError) -> Int {
        try await measured(.purge) { () async throws(AuthError) in
            try await base.purge(expiredBefore: instant, limit: limit)
        }
    }

    func ping() async throws(AuthError) {
        try await measured(.ping) { () async throws(AuthError) in try await base.ping() }
    }

    /// Takes the time of an operation, well or ill as it ends.
    private func measured<Value: Sendable>(
        _ operation: StoreOperation, _ body: () async throws(AuthError) -> Value
    ) async throws(AuthError) -> Value {
        let start = time.uptime()
        defer { meter.note(operation, nanoseconds: time.uptime() &- start) }
        return try await body()
    }

    // What publishes with care.

    /// - Parameter method: what an operator has called for it.
    func update(
        _ update: AccountUpdate, calling method: AuthEvent.Kind? = nil
    ) async throws(AuthError) -> AccountChange? {
        let seen = revocations.changes
        let outcome = try await write { transaction in
            let change = try transaction.update(update)
            if let method, change != nil { try transaction.record(method, of: update.user, at: update.now) }
            return change
        }
        guard outcome != nil else { return nil }
        if update.isActive != nil, revocations.changes != seen &+ 1 { await settleActivity(of: update.user) }
        return outcome
    }

    func take(
        _ accounts: [(ImportedAccount, UserID)], onConflict conflict: ImportConflict, at now: Timestamp
    ) async throws(AuthError) -> [ImportOutcome] {
        let seen = revocations.changes
        let outcomes = try await write { transaction in
            let outcomes = try accounts.map { try transaction.take($0.0, onConflict: conflict, newID: $0.1, at: now) }
            try transaction.record(.importFinished, detail: outcomes.summary, at: now)
            return outcomes
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
