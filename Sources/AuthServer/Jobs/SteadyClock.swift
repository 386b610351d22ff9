internal import MVPAuth

/// Whether the wall clock has gone as the clock that never steps does, for long enough to remove rows by it.
///
/// A host may start under a wrong time and be set right minutes later. What a clock that is ahead takes for expired is
/// refused until then, and must still be there afterwards.
struct SteadyClock {
    /// Nanoseconds that both clocks must have agreed.
    static let probation: UInt64 = 3600 * 1_000_000_000
    /// Microseconds that they may be apart: what a leap second makes, or a clock that is brought right slowly.
    static let tolerance: UInt64 = 60 * 1_000_000

    private var agreedSince: (wall: Timestamp, uptime: UInt64)

    /// The hour begins.
    init(wall: Timestamp, uptime: UInt64) {
        agreedSince = (wall, uptime)
    }

    /// Whether both have agreed for an hour. A step begins the hour anew; one that is undone before it is asked again is
    /// not seen.
    mutating func isSteady(wall: Timestamp, uptime: UInt64) -> Bool {
        let passed = uptime &- agreedSince.uptime
        let advance = wall.microseconds.subtractingReportingOverflow(agreedSince.wall.microseconds)
        let drift = advance.partialValue.subtractingReportingOverflow(Int64(passed / 1000))
        guard !advance.overflow, !drift.overflow, drift.partialValue.magnitude <= Self.tolerance else {
            agreedSince = (wall, uptime)
            return false
        }
        return passed >= Self.probation
    }
}
