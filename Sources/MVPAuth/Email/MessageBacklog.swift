/// What the outbox still has to do, and what was given up.
package struct MessageBacklog: Sendable, Equatable {
    /// Messages that wait or are being handed over; at most ``most`` are counted.
    package let pending: Int
    /// Messages that were given up and are not yet purged; at most ``most`` are counted.
    package let dead: Int
    /// For how many seconds the oldest of those that are pending has been there. Nil: none is pending.
    package let oldestSeconds: Int?

    package static let most = 10_000

    package init(pending: Int, dead: Int, oldestSeconds: Int?) {
        self.pending = pending
        self.dead = dead
        self.oldestSeconds = oldestSeconds
    }
}
