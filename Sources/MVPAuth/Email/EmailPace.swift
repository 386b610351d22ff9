/// How often one address may be written to, and how often a message is tried.
public enum EmailPace {
    /// At most so many messages of a kind within so many seconds, when anybody may ask for them.
    private static let limits: [(count: Int, seconds: Int64)] = [(1, 60), (5, 3600), (20, longestLimit)]

    /// Seconds.
    static let longestLimit: Int64 = 86_400

    /// Whether another message may be sent now, given when the ones before were asked for.
    package static func allows(another now: Timestamp, after earlier: [Timestamp]) -> Bool {
        limits.allSatisfy { limit in earlier.count { $0 > now - limit.seconds } < limit.count }
    }

    /// How many times a message is handed over before it is given up.
    package static let attempts: Int64 = 12

    /// The longest time, in milliseconds, before a message is handed over again after so many attempts: 10 s, 20 s, 40 s,
    /// … 15 minutes. The time is a random part of it (full jitter).
    package static func longestPause(after attempt: Int64) -> Int64 {
        min(5000 << max(0, min(attempt, 20)), 900_000)
    }
}
