internal import Synchronization

/// What access tokens are dead by, in memory: a verify is one signature and three look-ups.
///
/// An entry need live only as long as an access token could. It expires when that has passed by both clocks, by the
/// monotonic one with an hour of slack, so that a wall clock that is set forth or back does not revive a token. Loaded from the store before the first verify. What
/// it says of a store that others write too counts only as long as the store vouches for it.
public final class RevocationIndex: ChangeFollower {
    private struct State: ~Copyable {
        var tokens: [String: Deadline] = [:]
        var sessions: [SessionID: Deadline] = [:]
        var deleted: [UserID: Deadline] = [:]
        var inactive: Set<UserID> = []
        var cutoffs: [UserID: (before: Timestamp, until: Deadline)] = [:]
        /// Counts what was said of users' activity.
        var changes: UInt64 = 0
    }

    /// Until when something can be dead by an entry, by both clocks.
    private struct Deadline {
        let uptime: UInt64
        let wall: Timestamp

        func isOver(_ now: (uptime: UInt64, wall: Timestamp)) -> Bool { uptime <= now.uptime && wall <= now.wall }
    }

    private let state = Mutex(State())
    /// Whether there is anything to look for: most verifies need no lock.
    private let isEmpty = Atomic(true)
    private let time: any TimeSource
    /// The uptime until which nothing can be missing.
    private let completeUntil: Atomic<UInt64>

    /// The uptime until which something may be missing, whatever the store vouches for.
    private let distrustedUntil = Atomic(UInt64(0))

    /// The uptime until which nothing is missing where nobody else writes. Not `UInt64.max`: `Atomic.max` compares
    /// unsigned numbers as if they were signed (Swift 6.3), so that a confirmation would take the place of that.
    private static let always = UInt64(Int64.max)

    /// Nanoseconds that the store's word counts.
    private static let trust: UInt64 = 1_000_000_000

    /// Nanoseconds that an entry outlives its token.
    private static let slack: UInt64 = 3600 * 1_000_000_000

    init(time: any TimeSource, isShared: Bool) {
        self.time = time
        completeUntil = Atomic(isShared ? 0 : Self.always)
    }

    /// Whether a token that is not in here is alive.
    var isComplete: Bool {
        let until = completeUntil.load(ordering: .acquiring)
        let distrusted = distrustedUntil.load(ordering: .acquiring)
        if until == Self.always, distrusted == 0 { return true }
        let now = time.uptime()
        return now < until && now >= distrusted
    }

    /// For so many seconds nothing that is not in here is known to be alive.
    func distrust(for seconds: Int64) {
        distrustedUntil.max(time.uptime() + UInt64(clamping: seconds) * 1_000_000_000, ordering: .releasing)
    }

    /// For how many seconds nothing has been confirmed. Infinite before the first time; 0 where nothing has to be.
    var lag: Double {
        let until = completeUntil.load(ordering: .acquiring)
        guard until != Self.always else { return 0 }
        guard until > 0 else { return .infinity }
        let (passed, isAhead) = time.uptime().subtractingReportingOverflow(until &- Self.trust)
        return isAhead ? 0 : Double(passed) / 1_000_000_000
    }

    /// Nothing that was committed before this uptime is missing.
    func confirm(_ uptime: UInt64) {
        completeUntil.max(uptime + Self.trust, ordering: .releasing)
    }

    /// Why a token is dead. Nil: it is not in here.
    func rejection(of claims: Claims) -> AuthError.Code? {
        if isEmpty.load(ordering: .acquiring) { return nil }
        return state.withLock { state in
            if let session = claims.sessionID, state.sessions[session] != nil { return .tokenRevoked }
            if !state.tokens.isEmpty, state.tokens[claims.tokenID] != nil { return .tokenRevoked }
            if !state.deleted.isEmpty, state.deleted[claims.subject] != nil { return .tokenRevoked }
            if !state.inactive.isEmpty, state.inactive.contains(claims.subject) { return .userInactive }
            if claims.sessionID == nil, let cutoff = state.cutoffs[claims.subject],
                claims.issuedAt <= cutoff.before.seconds
            {
                return .tokenRevoked
            }
            return nil
        }
    }

    /// To be asked before a snapshot is read.
    var changes: UInt64 {
        state.withLock { $0.changes }
    }

    /// Takes in a snapshot. False when users have been activated or deactivated since it was read: then it may be wrong
    /// about them, and has to be read again.
    @discardableResult
    func load(_ snapshot: RevocationSnapshot, readAt changes: UInt64) -> Bool {
        for token in snapshot.tokens { block(token) }
        end(snapshot.sessions)
        for user in snapshot.deletedUsers { delete(user.id, until: user.until) }
        for cutoff in snapshot.cutoffs { revokeSessionless(of: cutoff.id, before: cutoff.before) }
        return state.withLock {
            guard $0.changes == changes else { return false }
            $0.inactive = Set(snapshot.inactiveUsers)
            if !$0.inactive.isEmpty { isEmpty.store(false, ordering: .releasing) }
            return true
        }
    }

    func apply(_ change: Change) {
        switch change {
        case .sessionEnded(let session): end([session])
        case .tokenBlocked(let token): block(token)
        case .userChanged(let id, let isActive, let cutoff):
            if let isActive { setActive(isActive, user: id) }
            if let cutoff { revokeSessionless(of: id, before: cutoff) }
        case .userDeleted(let id, let until): delete(id, until: until)
        case .messageQueued: break
        }
    }

    private func block(_ token: BlockedToken) {
        let deadline = deadline(for: token.expiresAt)
        state.withLock {
            $0.tokens[token.tokenID] = deadline
            isEmpty.store(false, ordering: .releasing)
        }
    }

    private func end(_ sessions: [EndedSession]) {
        guard !sessions.isEmpty else { return }
        let deadlines = sessions.map { deadline(for: $0.accessExpiresAt) }
        state.withLock {
            for (session, deadline) in zip(sessions, deadlines) { $0.sessions[session.id] = deadline }
            isEmpty.store(false, ordering: .releasing)
        }
    }

    private func setActive(_ active: Bool, user: UserID) {
        state.withLock {
            $0.changes &+= 1
            if active {
                $0.inactive.remove(user)
            } else {
                $0.inactive.insert(user)
                isEmpty.store(false, ordering: .releasing)
            }
        }
    }

    private func delete(_ user: UserID, until: Timestamp) {
        let deadline = deadline(for: until)
        state.withLock {
            $0.deleted[user] = deadline
            isEmpty.store(false, ordering: .releasing)
        }
    }

    private func revokeSessionless(of user: UserID, before cutoff: Timestamp) {
        let deadline = deadline(for: cutoff + RevocationSnapshot.longestAccessToken)
        state.withLock {
            $0.cutoffs[user] = (max(cutoff, $0.cutoffs[user]?.before ?? cutoff), deadline)
            isEmpty.store(false, ordering: .releasing)
        }
    }

    /// Forgets what no living token can be dead by.
    func purge() {
        let now = (uptime: time.uptime(), wall: time.now())
        state.withLock {
            $0.tokens = $0.tokens.filter { !$0.value.isOver(now) }
            $0.sessions = $0.sessions.filter { !$0.value.isOver(now) }
            $0.deleted = $0.deleted.filter { !$0.value.isOver(now) }
            $0.cutoffs = $0.cutoffs.filter { !$0.value.until.isOver(now) }
            let isEmpty =
                $0.tokens.isEmpty && $0.sessions.isEmpty && $0.deleted.isEmpty && $0.inactive.isEmpty
                && $0.cutoffs.isEmpty
            self.isEmpty.store(isEmpty, ordering: .releasing)
        }
    }

    private func deadline(for expiry: Timestamp) -> Deadline {
        let (remaining, overflow) = expiry.microseconds.subtractingReportingOverflow(time.now().microseconds)
        let nanoseconds =
            overflow ? UInt64.max : UInt64(max(0, remaining)).multipliedReportingOverflow(by: 1000).partialValue
        return Deadline(uptime: time.uptime() &+ min(nanoseconds, UInt64.max / 4) &+ Self.slack, wall: expiry)
    }
}
