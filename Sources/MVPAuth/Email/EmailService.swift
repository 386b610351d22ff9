/// Hands the messages of the outbox to whoever sends them. The library itself sends none.
///
/// ```swift
/// for event in try await system.emails.take(lease).events {
///     try await send(event)
///     try await system.emails.settle(event.delivery, .success)
/// }
/// ```
public struct EmailService: Sendable {
    let core: AuthCore

    /// Leases messages that are due. Each is handed over again, to anybody, when it is not settled in time.
    ///
    /// - Returns: the messages, and in how many milliseconds the next may fall due; nil when there is none.
    public func take(_ lease: EmailLease) async throws(AuthError) -> (events: [EmailEvent], nextMilliseconds: Int64?) {
        let own = core.time.now()
        let leased = try await core.store.write { try $0.lease(lease, at: own) }
        var events: [EmailEvent] = []
        if !leased.messages.isEmpty {
            let users = try await core.store.read { transaction in
                try leased.messages.map { message in try message.userID.flatMap { try transaction.user($0) } }
            }
            for (message, user) in zip(leased.messages, users) {
                let delivery = EmailDeliveryID(message: message.id, attempt: message.attempt, owner: lease.owner)
                if message.isWanted(by: user) {
                    events.append(try core.tokens.event(message, for: user, delivery))
                } else {
                    // Its purpose is gone: verified, deleted, or at another address since.
                    try await settle(delivery, .success)
                }
            }
        }
        let next = leased.nextDue.map { due in
            max(0, due.microseconds.subtractingReportingOverflow(leased.now.microseconds).partialValue / 1000)
        }
        return (events, next)
    }

    /// Says what became of a delivery. False when that is not asked any more: the lease had run out.
    @discardableResult
    public func settle(_ delivery: EmailDeliveryID, _ verdict: EmailVerdict) async throws(AuthError) -> Bool {
        let now = core.time.now()
        return try await core.store.write { try $0.settle(delivery, verdict, at: now) }
    }

    /// To be tried again: after as many milliseconds as the sink wishes, else after a random time that grows with the
    /// attempts.
    public func retry(after wish: Int64? = nil, attempt: Int64, reason: String?) -> EmailVerdict {
        .retry(
            afterMilliseconds: wish ?? Int64.random(in: 0...EmailPace.longestPause(after: attempt)), reason: reason)
    }

    /// Gives back at once what a subscriber holds that is gone.
    public func release(_ owner: String) async throws(AuthError) {
        _ = try await core.store.write { try $0.release(leasesOf: owner) }
    }

    /// Gives back at once what was taken for a subscriber and never reached it: that costs no attempt.
    public func giveBack(_ deliveries: [EmailDeliveryID]) async throws(AuthError) {
        _ = try await core.store.write { try $0.giveBack(deliveries) }
    }

    /// Calls `wake` whenever there may be messages that were not there before, whoever put them there.
    public func onQueued(_ wake: @escaping @Sendable () -> Void) {
        core.queued.register(wake)
    }
}
