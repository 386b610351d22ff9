/// The kept answers of one user, oldest first. Bounded, so that no user fills the place of another.
///
/// A user that calls for many says before the first space of a key who it is for, as the REST shim does: when there is
/// no room, whoever has most loses his oldest.
struct IdempotencyEntries {
    enum Finding: Sendable {
        /// Nobody has called under this key: the caller does, and settles it.
        case unknown
        case known(IdempotencyCache.Outcome)
        case otherParams
        case full
    }

    private struct Entry {
        let params: String
        /// Nil while the call is being executed.
        var outcome: IdempotencyCache.Outcome?
        var waiters: [CheckedContinuation<Finding, Never>] = []
        /// By the clock that never steps; nil while the call is being executed.
        var expiry: UInt64?
        var size = 0
    }

    private var entries: [IdempotencyCache.Key: Entry] = [:]
    private var order: [IdempotencyCache.Key] = []
    private var ofHolder: [ArraySlice<UInt8>: Int] = [:]
    private(set) var bytes = 0

    var count: Int { entries.count }

    /// What is known under the key. Nil: the call is being executed, and the waiter will be told.
    mutating func begin(
        _ key: IdempotencyCache.Key, _ params: String, at now: UInt64, isFull: Bool,
        waiter: CheckedContinuation<Finding, Never>
    ) -> Finding? {
        removeExpired(at: now)
        if let entry = entries[key] {
            guard entry.params.utf8.elementsEqual(params.utf8) else { return .otherParams }
            if let outcome = entry.outcome { return .known(outcome) }
            entries[key]?.waiters.append(waiter)
            return nil
        }
        if isFull || count >= IdempotencyCache.mostEntriesOfUser {
            guard let place = placeToForget() else { return .full }
            forget(order.remove(at: place))
        }
        entries[key] = Entry(params: params)
        ofHolder[Self.holder(key), default: 0] += 1
        order.append(key)
        return .unknown
    }

    /// Keeps the answer until a time, or nothing. Gives those who waited for it.
    mutating func settle(
        _ key: IdempotencyCache.Key, _ outcome: IdempotencyCache.Outcome, size: Int, until expiry: UInt64?
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

    private mutating func forget(_ key: IdempotencyCache.Key) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        bytes -= entry.size
        let holder = Self.holder(key)
        let count = ofHolder[holder, default: 1] - 1
        ofHolder[holder] = count > 0 ? count : nil
    }

    private func placeToForget() -> Int? {
        let greedy = ofHolder.max { $0.value < $1.value }?.key
        let isKept = { (key: IdempotencyCache.Key) in entries[key]?.outcome != nil }
        return order.firstIndex { isKept($0) && Self.holder($0) == greedy } ?? order.firstIndex(where: isKept)
    }

    private static func holder(_ key: IdempotencyCache.Key) -> ArraySlice<UInt8> {
        key.key.firstIndex(of: UInt8(ascii: " ")).map { key.key[..<$0] } ?? []
    }
}
