/// Where accounts and sessions live.
///
/// Every requirement is one domain operation, atomic by itself: what it returns has been committed durably, what it
/// throws left no trace (or, with `executed: true`, an unknown one). To write another backend, implement this protocol
/// and run the `StoreConformance` suite on it. Adapters throw `STORAGE_UNAVAILABLE` for failures of the medium.
public protocol AuthStore: UserRepository, SessionRepository, TokenBlocklistRepository {
    /// Proves that the medium answers.
    func ping() async throws(AuthError)

    /// Finishes what was accepted and releases the medium.
    func close() async
}

public protocol UserRepository: Sendable {
    /// Inserts an account. Throws `USER_EXISTS` when its address is taken.
    func create(_ user: User) async throws(AuthError)

    func user(_ id: UserID) async throws(AuthError) -> User?

    /// The account of an address: by its exact spelling first (adopted rows), then by its canonical form.
    func user(spelled address: String, canonical: Email?) async throws(AuthError) -> User?

    /// Marks the address verified if it is still the account's.
    func verifyEmail(of user: UserID, address: String, at now: Timestamp) async throws(AuthError) -> VerificationOutcome

    /// Replaces the password while the hash that was verified is still the stored one and the account is active.
    /// Counts the change and ends every session, in the same transaction.
    func changePassword(_ change: PasswordChange) async throws(AuthError) -> PasswordOutcome

    /// Replaces the password by a reset token that works once. Marks the address verified and ends every session.
    func resetPassword(_ reset: PasswordReset) async throws(AuthError) -> PasswordOutcome

    /// Activates or deactivates an account; deactivating ends every session. Nil when there is no such account.
    func setActive(_ active: Bool, user: UserID, at now: Timestamp) async throws(AuthError) -> AccountChange?

    /// How most of the stored passwords were hashed, by a sample. Nil when there are none, or the store does not tell.
    func usualPasswordForm() async throws(AuthError) -> PasswordForm?

    /// Deletes an account with its sessions. A tombstone is kept until `tombstoneUntil`, so that access tokens
    /// issued before stay dead across a restart. False when there is no such account.
    func delete(_ user: UserID, tombstoneUntil: Timestamp) async throws(AuthError) -> Bool
}

extension UserRepository {
    /// A store need not tell. Then an unknown address costs what the configured hash does, whatever the stored ones do.
    public func usualPasswordForm() async throws(AuthError) -> PasswordForm? { nil }
}

public protocol SessionRepository: Sendable {
    /// Inserts a session while the hash that was verified is still the user's and the user is active; replaces that
    /// hash by `rehashed` when given; ends the least recently used sessions beyond `limit`.
    func begin(_ login: SessionStart) async throws(AuthError) -> SessionStartOutcome

    func session(_ id: SessionID) async throws(AuthError) -> Session?

    /// Exchanges a refresh token. Exactly one of any number of concurrent callers is told `rotated`.
    /// A reuse ends sessions, committed before this returns.
    func rotate(_ rotation: Rotation) async throws(AuthError) -> RotationOutcome

    /// The live sessions of a user, the latest used first, at most `limit`.
    func liveSessions(of user: UserID, limit: Int, at now: Timestamp) async throws(AuthError) -> [Session]

    /// Ends one session of that user that is live, or whose access tokens may be. Nil when the user has no such session.
    func revoke(_ session: SessionID, of user: UserID, at now: Timestamp) async throws(AuthError) -> EndedSession?

    /// Ends every session of a user that is live, or whose access tokens may be, and by time the access tokens that name no session.
    func revokeAll(of user: UserID, at now: Timestamp) async throws(AuthError) -> [EndedSession]
}

public protocol TokenBlocklistRepository: Sendable {
    /// Blocks an access token by its identifier and ends its session, if it names one, in the same transaction.
    func logout(
        blocking token: BlockedToken, ending session: SessionID?, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> EndedSession?

    /// Why an access token is dead, asked of the store itself: its identifier is blocked, its session is over or
    /// unknown, its user is inactive or unknown, or the user's cutoff lies behind it. Nil: it is alive.
    func death(of token: Claims) async throws(AuthError) -> AuthError.Code?

    /// Everything that may still make an unexpired access token dead.
    func revocations(at now: Timestamp) async throws(AuthError) -> RevocationSnapshot

    /// Removes at most `limit` rows of each kind that nothing can refer to any more. Returns how many went.
    func purge(expiredBefore: Timestamp, limit: Int) async throws(AuthError) -> Int
}
