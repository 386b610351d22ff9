package import MVPAuth
internal import Synchronization

/// How often something may be done: so many times a second, and a burst after a pause. Shared by many threads, without
/// a lock: the generic cell rate algorithm (ITU-T I.371) keeps one number, the time at which the budget is full again.
package final class RateBudget: Sendable {
    /// Nanoseconds that one time uses up.
    private let cost: UInt64
    /// How far ahead of the clock the budget may be used up.
    private let tolerance: UInt64
    private let time: any TimeSource
    private let full = Atomic<UInt64>(0)

    /// - Parameter burst: how many may come at once, at least one.
    package init(perSecond: Int, burst: Int, time: any TimeSource = SystemTime()) {
        precondition(perSecond > 0 && burst > 0)
        cost = max(1, 1_000_000_000 / UInt64(perSecond))
        tolerance = cost * UInt64(burst)
        self.time = time
    }

    /// Takes one out of the budget. When it is used up: in how many milliseconds there will be one.
    package func take() -> Int? {
        let now = time.uptime()
        var known = full.load(ordering: .relaxed)
        while true {
            let next = max(known, now) + cost
            if next > now + tolerance { return Int(clamping: (next - now - tolerance + 999_999) / 1_000_000) }
            let (exchanged, original) = full.weakCompareExchange(expected: known, desired: next, ordering: .relaxed)
            if exchanged { return nil }
            known = original
        }
    }
}
