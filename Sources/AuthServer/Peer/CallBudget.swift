package import MVPAuth
internal import Synchronization

/// How many calls an app may make: so many a second, and a burst after a pause. Shared by all its connections, without
/// a lock: the generic cell rate algorithm (ITU-T I.371) keeps one number, the time at which the budget is full again.
package final class CallBudget: Sendable {
    /// Nanoseconds that one call uses up.
    private let cost: UInt64
    /// How far ahead of the clock the budget may be used up.
    private let tolerance: UInt64
    private let time: any TimeSource
    private let full = Atomic<UInt64>(0)

    /// - Parameter burst: calls that may come at once, at least one.
    package init(callsPerSecond: Int, burst: Int, time: any TimeSource = SystemTime()) {
        precondition(callsPerSecond > 0 && burst > 0)
        cost = max(1, 1_000_000_000 / UInt64(callsPerSecond))
        tolerance = cost * UInt64(burst)
        self.time = time
    }

    /// Takes one call out of the budget. When it is used up: in how many milliseconds there will be one.
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
