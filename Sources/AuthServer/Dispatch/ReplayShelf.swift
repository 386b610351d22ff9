/// The kept answers of one user, oldest first. Bounded, so that no user fills the place of another.
struct ReplayShelf {
    enum Finding: Sendable {
        /// Nobody has called under this key: the caller does, and settles it.
        case unknown
        case known(ReplayCache.Outcome)
        case otherParams
        case full
    }

    private struct Entry {
        let params: String
        /// Nil while the call is being executed.
        var outcome: ReplayCache.Outcome?
        var waiters: [CheckedContinuation<Finding, Never>] = []
        /// By the clock that never steps; nil while the call is being executed.
        var expiry: UInt64?
        var size = 0
    }

    private var entries: [ReplayCache.Key: Entry] = [:]
    private var order: [ReplayCache.Key] = []
    private(set) var bytes = 0

    var count: Int { entries.count }

    /// What is known under the key. Nil: the call is being executed, and the waiter will be told.
    mutating func begin(
        _ key: ReplayCache.Key, _ params: String, at now: UInt64, isFull: Bool,
        waiter: CheckedContinuation<Finding, Never>
    ) -> Finding? {
        removeExpired(at: now)
        if let entry = entries[key] {
            guard entry.params.utf8.elementsEqual(params.utf8) else { return .otherParams }
            if let outcome = entry.outcome { return .known(outcome) }
            entries[key]?.waiters.append(waiter)
            return nil
        }
        if isFull || count >= ReplayCache.mostEntriesOfUser {
            guard let place = order.firstIndex(where: { entries[$0]?.outcome != nil }) else { return .full }
            forget(order.remove(at: place))
        }
        entries[key] = Entry(params: params)
        order.append(key)
        return .unknown
    }

    /// Keeps the answer until a time, or nothing. Gives those who waited for it.
    mutating func settle(
        _ key: ReplayCache.Key, _ outcome: ReplayCache.Outcome, size: Int, until expiry: UInt64?
    ) -> [CheckedContinuation<Finding, Never>] {
        let waiters = entries[key]?.waiters ?? []
        guard let expiry else {
            if let place = order.lastIndex(of: key) { order.remove(at: place) }
            forget(key)
            return waiters
        }
        entries[key]?.outcome = outcome
        entries[key]?.waiters = []
        entries[key]?.expiry = expiry
        entries[key]?.size = size
        bytes += size
        return waiters
    }

    mutating func removeExpired(at now: UInt64) {
        let expired = order.prefix { entries[$0]?.expiry.map { $0 <= now } ?? false }.count
        for key in order.prefix(expired) { forget(key) }
        order.removeFirst(expired)
    }

    private mutating func forget(_ key: ReplayCache.Key) {
        bytes -= entries.removeValue(forKey: key)?.size ?? 0
    }
}
