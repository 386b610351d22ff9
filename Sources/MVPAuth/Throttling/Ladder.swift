/// How long to wait after so many failures: nothing for the first, then each time twice as long, and at the end for ever.
///
/// Pure: what it is asked of is a row, and what comes of it is another.
struct Ladder: Sendable, Equatable {
    /// Failures that cost no time.
    let free: Int64
    /// Failures after which nobody is let through.
    let end: Int64
    /// Seconds.
    let longestDelay: Int64

    enum Standing: Equatable {
        case open
        case waiting(until: Timestamp)
        case ended
    }

    func standing(of throttle: Throttle?, at now: Timestamp) -> Standing {
        guard let throttle else { return .open }
        guard throttle.failures < end else { return .ended }
        // What is later than any delay was written under a clock that was wrong.
        guard throttle.until > now, throttle.until <= now + longestDelay else { return .open }
        return .waiting(until: throttle.until)
    }

    /// The row after one more failure, or before one more attempt.
    func counting(_ throttle: Throttle?, _ identity: Throttle.Identity, at now: Timestamp) -> Throttle {
        let failures = Self.sum(throttle?.failures ?? 0, 1)
        let level = min(highestLevel, level(of: throttle, at: now) + 1)
        let isKept = failures >= end && identity.belongsToUser
        return Throttle(
            key: identity.key, kind: isKept ? .kept : identity.kind, failures: failures, level: level,
            until: now + delay(at: level), updatedAt: now)
    }

    /// The level as it is by now: it rises with each failure, whatever succeeded in between, and falls by one in an hour
    /// without any. So the owner's own success gives a patient stranger nothing.
    func level(of throttle: Throttle?, at now: Timestamp) -> Int64 {
        guard let throttle else { return 0 }
        let (age, overflow) = now.microseconds.subtractingReportingOverflow(throttle.updatedAt.microseconds)
        let hours = overflow ? 0 : max(0, age / 3_600_000_000)
        return max(0, min(throttle.level, highestLevel) - hours)
    }

    /// Seconds.
    func delay(at level: Int64) -> Int64 {
        level <= free ? 0 : min(longestDelay, 1 << min(level - free - 1, 40))
    }

    /// The level of the longest delay.
    private var highestLevel: Int64 {
        var level = free + 1
        while delay(at: level) < longestDelay { level += 1 }
        return level
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
