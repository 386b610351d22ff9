/// How guessing of passwords is slowed down. Durations in seconds.
public struct ThrottlePolicy: Sendable {
    public var isEnabled = true
    /// Failures of one account that cost no time.
    public var freeFailures: Int64 = 4
    /// After so many, strangers are let through no more until the owner has signed in.
    public var closingFailures: Int64 = 80
    /// The longest time between two attempts.
    public var longestDelay: Int64 = 900
    /// How many attempts one network may make at once.
    public var sourceBurst: Int64 = 30
    /// After how long it may make one more.
    public var sourceSeconds: Int64 = 3
    public var deviceLifetime: Int64 = 180 * 86_400
    /// After so many failures, whoever they are by, the password is not asked any more until it is reset (NIST SP 800-63B-4
    /// §3.2.2). Nil: whoever has a device of the account is always let try.
    public var disablingFailures: Int64?

    public init() {}

    /// For everybody of whom nothing is known.
    var strangers: Ladder { Ladder(free: freeFailures, end: closingFailures, longestDelay: longestDelay) }

    /// For one device that has signed in before.
    var devices: Ladder { Ladder(free: freeFailures, end: 20, longestDelay: longestDelay) }

    /// For one network in which the account has had a session lately.
    var knownSources: Ladder { Ladder(free: 10, end: 10, longestDelay: 0) }

    /// For somebody who is signed in and says what the password is, to change it.
    var passwordChanges: Ladder { devices }

    /// All failures of an account together.
    var total: Ladder? { disablingFailures.map { Ladder(free: $0, end: $0, longestDelay: 0) } }

    /// How many failures an account has at most to be cold: its attempts are counted once they have failed, and not
    /// before. So many are hashed at once.
    var coldFailures: Int64 { min(3, freeFailures) }

    /// How long an account is known by the networks of its sessions.
    static let sourceMemory: Int64 = 90 * 86_400
}
