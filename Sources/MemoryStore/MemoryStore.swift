public import MVPAuth
internal import Synchronization

/// A store in memory, for tests and prototypes. What it holds ends with the process.
public final class MemoryStore: AuthStore {
    struct State: ~Copyable {
        var users: [UserID: User] = [:]
        /// By the bytes of the address: String's equality would merge accounts that databases keep apart.
        var addresses: [[UInt8]: UserID] = [:]
        var sessions: [SessionID: Session] = [:]
        var sessionsByUser: [UserID: Set<SessionID>] = [:]
        var blocked: [String: BlockedToken] = [:]
        var tombstones: [UserID: Timestamp] = [:]
    }

    let state = Mutex(State())

    public init() {}

    public func ping() async throws(AuthError) {}

    public func close() async {}
}

extension MemoryStore.State {
    /// Ends the sessions that are live, and says which they were.
    mutating func end(_ ids: some Sequence<SessionID>, at now: Timestamp) -> [EndedSession] {
        var ended: [EndedSession] = []
        for id in ids {
            guard var session = sessions[id], !session.isRevoked else { continue }
            session.revokedAt = now
            sessions[id] = session
            ended.append(EndedSession(id: id, accessExpiresAt: session.accessExpiresAt))
        }
        return ended
    }

    /// What an account is found by.
    func addresses(of user: User) -> Set<[UInt8]> { [Array(user.email.utf8), Array(user.canonicalEmail.utf8)] }

    func sessionIDs(of user: UserID) -> Set<SessionID> { sessionsByUser[user] ?? [] }

    func isLive(_ session: Session, at now: Timestamp) -> Bool {
        !session.isRevoked && now < session.expiresAt && now < session.absoluteExpiresAt
    }

    /// Whether the session may still be refreshed, or an access token of it may live.
    func mayAct(_ session: Session, at now: Timestamp) -> Bool {
        !session.isRevoked && (isLive(session, at: now) || now < session.accessExpiresAt)
    }

    mutating func setPassword(_ hash: PasswordHash, of user: inout User, at now: Timestamp) -> AccountChange {
        user.passwordHash = hash
        user.passwordGeneration += 1
        user.passwordChangedAt = now
        user.updatedAt = now
        user.revokedBefore = now
        users[user.id] = user
        return AccountChange(user: user, ended: end(sessionIDs(of: user.id), at: now))
    }
}
