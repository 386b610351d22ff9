internal import Synchronization

/// What one process remembers of attempts; it lasts as long as the process, whatever its configuration. Nothing that must
/// hold across a restart, or on other daemons, is in here.
final class ThrottleMemory: Sendable {
    let gate = AttemptGate()
    private let sources = Mutex(BucketTable())
    private let refreshes = Mutex(BucketTable(sets: 2048))
    private let recent = Mutex(RecentFailures())
    private let meter = Mutex(AttackMeter())
    private let counts = Mutex<[ThrottleLayer: Int]>([:])
    private let attackCount = Atomic(0)
    let journal: AttemptJournal
    let observer = Observer<LoginReport>()
    /// Makes the keys of this process other than every other process's.
    let nonce: String

    init(entropy: any Entropy) {
        journal = AttemptJournal(entropy: entropy)
        nonce = SessionID.random(from: entropy).hex + SessionID.random(from: entropy).hex
    }

    /// How often each layer has turned somebody away.
    var throttled: [ThrottleLayer: Int] { counts.withLock { $0 } }

    /// How often far more logins failed than succeeded.
    var attacks: Int { attackCount.load(ordering: .relaxed) }

    func report(_ event: LoginReport.Event, account: String?, user: UserID?, app: String, at now: Timestamp) {
        let report = LoginReport(
            event: event, account: account, user: user, origin: RequestOrigin.current(app: app))
        switch event {
        case .throttled(let layer): counts.withLock { $0[layer, default: 0] += 1 }
        case .attack: attackCount.wrappingAdd(1, ordering: .relaxed)
        case .failed, .unverified, .wrongCurrent: break
        }
        journal.note(report, at: now)
        observer.tell(report)
    }

    /// Counts an attempt that was made.
    func note(_ attempt: LoginAttempt, isFailure: Bool, at time: any TimeSource) {
        let now = time.now()
        if isFailure {
            report(.failed, account: attempt.account, user: attempt.subject.user?.id, app: attempt.app, at: now)
        }
        if meter.withLock({ $0.note(isFailure: isFailure, at: time.uptime()) }) {
            report(.attack, account: nil, user: nil, app: attempt.app, at: now)
        }
    }

    typealias Budget = (key: BucketTable.Key, rate: BucketTable.Rate)

    /// Takes one out of each budget, or out of none: in how many milliseconds there will be one in all of them.
    func take(_ budgets: [Budget], at uptime: UInt64) -> Int64? {
        sources.withLock { table in
            if let wait = budgets.compactMap({ table.wait(for: $0.key, $0.rate, at: uptime) }).max() { return wait }
            for budget in budgets { table.charge(budget.key, budget.rate, times: 1, at: uptime) }
            return nil
        }
    }

    func charge(_ budgets: [Budget], times: UInt64, at uptime: UInt64) {
        sources.withLock { table in
            for budget in budgets { table.charge(budget.key, budget.rate, times: times, at: uptime) }
        }
    }

    private static let refreshRate = BucketTable.Rate(burst: 20, milliseconds: 1000)

    /// In how many milliseconds a session may be refreshed again. Nil: now.
    func refreshWait(of session: SessionID, at uptime: UInt64) -> Int64? {
        refreshes.withLock { $0.wait(for: session.bucket, Self.refreshRate, at: uptime) }
    }

    func countRefresh(of session: SessionID, at uptime: UInt64) {
        refreshes.withLock { $0.charge(session.bucket, Self.refreshRate, times: 1, at: uptime) }
    }

    /// Whether the account was tried with this password lately. If not, it has been now.
    func isRepeated(_ digest: UInt32, of account: UInt64) -> Bool {
        recent.withLock { recent in
            if recent.contains(digest, of: account) { return true }
            recent.insert(digest, of: account)
            return false
        }
    }
}

extension Identifier {
    fileprivate var bucket: BucketTable.Key { BucketTable.Key(high: high, low: low) }
}
