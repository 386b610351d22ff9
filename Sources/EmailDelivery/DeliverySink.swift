package import Host

/// Somewhere an email can go. This is the one thing that a new way of sending has to be.
package protocol DeliverySink: Sendable {
    /// Where it goes, in words for an operator.
    var destination: String { get }

    /// How many deliveries make sense at the same time.
    var concurrency: Int { get }

    /// What one delivery may take at most.
    var longest: Duration { get }

    /// The events that it can deliver; nil: whatever there is.
    var events: [String]? { get }

    /// Delivers, and says what became of it. Waits for no other delivery than those that `concurrency` allows.
    func deliver(_ email: OutgoingEmail) async -> DeliveryOutcome

    /// Finds out whether it can deliver, and sends nothing.
    ///
    /// - Throws: what is wrong.
    func check() async throws(StartFailure)

    /// Gives back what it holds.
    func close() async
}

extension DeliverySink {
    package var events: [String]? { nil }

    package func close() async {}
}

/// What became of a delivery.
package enum DeliveryOutcome: Sendable, Equatable {
    case delivered
    /// It may succeed later: after so long, if somebody said so.
    case retry(after: Duration?, reason: String)
    /// It will never succeed.
    case drop(reason: String)
}
