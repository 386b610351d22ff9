package import Logging
package import MVPAuth
internal import ServiceLifecycle
internal import Synchronization

/// Hands submitted messages to the sink, a few at a time, without making anybody wait.
///
/// A delivery begins a random while after its submission, on a clock of its own: neither the time of an answer nor that
/// of the next one tells whether there was a message. In memory and bounded: when the sink cannot keep up, the message
/// is refused with a log line, and the user asks again. At a stop what cannot be handed over in a moment is given up.
package struct EmailDelivery: EmailOutbox, Service {
    private let sink: any EmailSink
    private let logger: Logger
    private let grace: Duration
    private let queue = DeliveryQueue()
    /// Says that something was submitted, or that it seems so.
    private let submissions: AsyncStream<Void>
    private let submitted: AsyncStream<Void>.Continuation
    private let due: AsyncStream<EmailEvent>
    private let ready: AsyncStream<EmailEvent>.Continuation

    package static let capacity = 1000
    private static let concurrency = 4
    /// Milliseconds until what was submitted is delivered.
    private static let delays = 20...250

    /// - Parameter grace: how long a stop waits for deliveries.
    package init(sink: any EmailSink, logger: Logger, grace: Duration = .seconds(2)) {
        self.sink = sink
        self.logger = logger
        self.grace = grace
        (submissions, submitted) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (due, ready) = AsyncStream.makeStream()
    }

    package func submit(_ event: EmailEvent) {
        guard queue.append(event) else {
            logger.error("an email was refused: too many are waiting", metadata: Self.metadata(event))
            return
        }
        submitted.yield()
    }

    package func pretend(_ event: EmailEvent) {
        queue.touch()
        submitted.yield()
    }

    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await deliverAll() }
            group.addTask {
                try? await gracefulShutdown()
                submitted.finish()
                try? await Task.sleep(for: grace)
            }
            // Whichever is first: everything has been handed over, or the grace is over.
            await group.next()
            group.cancelAll()
        }
        let count = queue.close()
        if count > 0 {
            logger.error("emails were given up at the stop", metadata: ["count": "\(count)"])
        }
    }

    private func deliverAll() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in submissions {
                    try? await Task.sleep(for: .milliseconds(Int.random(in: Self.delays)))
                    for event in queue.takeSubmitted() { ready.yield(event) }
                }
                for event in queue.takeSubmitted() { ready.yield(event) }
                ready.finish()
            }
            for _ in 0..<Self.concurrency {
                group.addTask {
                    for await event in due {
                        await deliver(event)
                        if Task.isCancelled { return }
                        queue.remove()
                    }
                }
            }
        }
    }

    private func deliver(_ event: EmailEvent) async {
        do {
            try await sink.deliver(event)
            logger.debug("an email was handed over", metadata: Self.metadata(event))
        } catch {
            guard !Task.isCancelled else { return }
            logger.error("an email was not taken: \(error)", metadata: Self.metadata(event))
        }
    }

    private static func metadata(_ event: EmailEvent) -> Logger.Metadata {
        ["event": "\(event.kind.rawValue)", "delivery": "\(event.id)", "user": "\(event.userID)"]
    }
}

/// The messages whose delivery has not ended: bounded, and counted until then.
private final class DeliveryQueue: Sendable {
    private struct State {
        var submitted: [EmailEvent] = []
        var count = 0
        var isClosed = false
    }

    static let capacity = EmailDelivery.capacity

    private let state = Mutex(State())

    /// False when there is no room.
    func append(_ event: EmailEvent) -> Bool {
        state.withLock { state in
            guard state.count < Self.capacity, !state.isClosed else { return false }
            state.submitted.append(event)
            state.count += 1
            return true
        }
    }

    /// As much work as `append`.
    func touch() {
        state.withLock { state in
            if state.submitted.capacity == state.submitted.count { state.submitted.reserveCapacity(16) }
        }
    }

    func takeSubmitted() -> [EmailEvent] {
        state.withLock { state in
            defer { state.submitted = [] }
            return state.submitted
        }
    }

    func remove() {
        state.withLock { $0.count -= 1 }
    }

    /// Takes nothing more in. Returns how many have not been delivered.
    func close() -> Int {
        state.withLock { state in
            state.isClosed = true
            return state.count
        }
    }
}
