/// Where accounts and sessions live: a door; everything beyond it is done in transactions.
///
/// To write another backend, implement `ping`, `close`, `read` and `write`, with the verbs of ``StoreTransaction``, and
/// run the `StoreConformance` suite on it. Everything else has a default over these. The operations below it are called
/// so often, or take so long by single verbs, that a store may answer them in a statement of its own; `StoreConformance`
/// compares that with the default.
///
/// What any of these return has been committed durably; what they throw left no trace (or, with `executed: true`, an
/// unknown one). Adapters throw `STORAGE_UNAVAILABLE` for failures of the medium.
public protocol AuthStore: Sendable {
    /// Proves that the medium answers.
    func ping() async throws(AuthError)

    /// Finishes what was accepted and releases the medium.
    func close() async

    /// Reads one state of the store. `body` writes nothing; it may run again.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value

    /// Does everything that `body` does, or nothing: nobody sees a part of it, and whatever it has read stays as it is
    /// until the end. An `AuthError` that it throws undoes it and reaches the caller. It may run again from its beginning.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthError) -> Value

    /// The account of an address: by its exact spelling first (adopted rows), then by its canonical form. Takes as long
    /// when there is none.
    func user(spelled address: String, canonical: Email?) async throws(AuthError) -> User?

    /// The same account, with the rows of those of the keys that have one. Takes as long when there is none.
    func subject(spelled address: String, canonical: Email?, keys: [String]) async throws(AuthError) -> LoginSubject

    /// Inserts a session while the hash that was verified is still the user's and the user is active; replaces that
    /// hash by `rehashed` when given; ends the least recently used sessions beyond `limit`. Notes both.
    func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome

    /// Exchanges a refresh token. Exactly one of any number of concurrent callers is told `rotated`.
    /// A reuse ends sessions, committed before this returns, and is noted; nothing else is.
    func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome

    /// Blocks an access token by its identifier and ends its session, if it names one, in the same transaction. Notes the
    /// end of a session.
    func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, noting trail: AuditTrail?,
        at now: Timestamp
    ) async throws(AuthError) -> EndedSession?

    /// Why an access token is dead, asked of the store itself: its identifier is blocked, its session is over or
    /// unknown, its user is inactive or unknown, or the token is no younger than the user's cutoff. Nil: it is alive.
    func rejection(of token: Claims) async throws(AuthError) -> AuthError.Code?

    /// Everything that may still make an unexpired access token dead.
    func revocations(at now: Timestamp) async throws(AuthError) -> RevocationSnapshot

    /// Removes at most `limit` rows of each kind that nothing can refer to any more. Returns how many went of the kind
    /// that had most.
    func purge(expiredBefore: Timestamp, limit: Int) async throws(AuthError) -> Int
}

/// What can be done with rows while a transaction holds them. Nothing in between waits for anything else.
public protocol StoreTransaction {
    /// What the clock says by which all go who share the store. Where there is one only, that is the caller's own.
    func now(_ own: Timestamp) throws -> Timestamp

    /// The row of a key. In a writing transaction nobody else changes it before the end.
    func find<R: Record>(_ type: R.Type, _ key: R.Key) throws -> R?

    /// In a writing transaction nobody else changes these rows before the end.
    func all<R: Record>(_ query: Query<R>) throws -> [R]

    /// How many rows are wanted. What the default reads all rows for, a store may answer by a statement.
    func count<R: Record>(_ query: Query<R>) throws -> Int

    /// False when the key or another unique column is taken: nothing is inserted.
    func insert<R: Record>(_ record: R) throws -> Bool

    /// Writes every column of rows that are there.
    func update<R: Record>(_ records: [R]) throws

    /// Returns how many rows went.
    @discardableResult
    func delete<R: Record>(_ query: Query<R>) throws -> Int
}

extension StoreTransaction {
    public func now(_ own: Timestamp) throws -> Timestamp { own }

    public func count<R: Record>(_ query: Query<R>) throws -> Int { try all(query).count }

    public func update<R: Record>(_ record: R) throws { try update([record]) }
}

extension AuthStore {
    public func user(spelled address: String, canonical: Email?) async throws(AuthError) -> User? {
        try await read { try Transaction($0).user(spelled: address, canonical: canonical) }
    }

    public func subject(
        spelled address: String, canonical: Email?, keys: [String]
    ) async throws(AuthError) -> LoginSubject {
        try await read { try Transaction($0).subject(spelled: address, canonical: canonical, keys: keys) }
    }

    public func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome {
        try await write { try Transaction($0, login.trail).begin(login) }
    }

    public func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome {
        try await write { try Transaction($0, rotation.trail).rotate(rotation) }
    }

    public func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, noting trail: AuditTrail?,
        at now: Timestamp
    ) async throws(AuthError) -> EndedSession? {
        try await write { try Transaction($0, trail).logout(blocking: token, ending: session, of: user, at: now) }
    }

    public func rejection(of token: Claims) async throws(AuthError) -> AuthError.Code? {
        try await read { try Transaction($0).rejection(of: token) }
    }

    public func revocations(at now: Timestamp) async throws(AuthError) -> RevocationSnapshot {
        try await read { try Transaction($0).revocations(at: now) }
    }

    /// Finds while nobody waits for it, and removes what is then still over.
    public func purge(expiredBefore instant: Timestamp, limit: Int) async throws(AuthError) -> Int {
        let sessions = try await read { try Transaction($0).sessionsOver(before: instant, limit: limit) }
        return try await write { try Transaction($0).purge(sessions, before: instant, limit: limit) }
    }
}
