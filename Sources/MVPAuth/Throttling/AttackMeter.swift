/// Notices that far more logins fail than succeed: passwords are tried on many accounts, a few on each, which no single
/// account shows.
struct AttackMeter {
    private var start: UInt64 = 0
    private var failures = 0
    private var successes = 0
    private var isTold = false

    /// Nanoseconds.
    private static let window: UInt64 = 300_000_000_000
    private static let least = 100
    private static let ratio = 10

    /// True once in five minutes: when more than 100 failed, and more than ten for each that succeeded.
    mutating func note(isFailure: Bool, at uptime: UInt64) -> Bool {
        if uptime &- start >= Self.window { (start, failures, successes, isTold) = (uptime, 0, 0, false) }
        if isFailure { failures += 1 } else { successes += 1 }
        guard !isTold, failures > Self.least, failures > Self.ratio * successes else { return false }
        isTold = true
        return true
    }
}
