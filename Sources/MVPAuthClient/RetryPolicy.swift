internal import MVPAuth

/// When a call is made again without asking: only if that cannot do it twice.
///
/// A used refresh token that is presented again looks like theft and signs the user out everywhere; so does not a
/// refresh under the same idempotency key.
struct RetryPolicy: Sendable {
    /// Attempts in all, of a call that could be sent.
    var attempts = 4
    /// Milliseconds before the second attempt; doubled for each further one.
    var firstDelay = 25

    /// How long to wait before another attempt, in milliseconds. Nil: there is none.
    ///
    /// - Parameter isRepeatable: the method is idempotent, or the call carries a key that makes it so.
    func delay(after error: AuthClientError, attempt: Int, isRepeatable: Bool) -> Int? {
        guard attempt < attempts else { return nil }
        let isLost = error.code == AuthClientError.connectionLostCode
        guard error.isRetryable && (!error.executed || isRepeatable) || isLost && isRepeatable else { return nil }
        guard error.known != .deadlineExceeded else { return nil }
        let base = firstDelay << (attempt - 1)
        guard let wait = error.retryAfterMilliseconds else { return Int.random(in: base / 2...base) }
        // All who were told to wait were told the same: they come back one by one.
        let least = min(max(0, wait), 3_600_000)
        return Int.random(in: least...(least + min(least / 4, 1000) + 1))
    }

    /// How long to wait before another attempt to connect, in milliseconds: somewhere between nothing and twice as long
    /// as before, up to a second.
    static func pause(after failures: Int) -> Int { Int.random(in: 0...min(1000, 10 << min(failures, 7))) }
}
