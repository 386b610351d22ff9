package import AuthAPI
package import Logging
package import MVPAuth
internal import ServiceLifecycle
internal import Synchronization

/// Hands the messages of the outbox to those who subscribed, on the socket or in this process.
///
/// What waits is in the store, not here: a subscriber holds at most its prefetch. Nothing is asked while nothing is due: a
/// message that is queued, an answer, a deadline or the next due message wake it, and once in a while the clock, for what
/// another daemon left behind.
package actor EmailBroker: Service {
    /// Takes a message; does not wait.
    package typealias Delivery = @Sendable (EmailEvent) -> Void

    private struct Subscriber {
        let lease: @Sendable (Int) -> EmailLease
        let prefetch: Int
        let timeout: Duration
        let deliver: Delivery
        /// What it has not answered yet, and until when it may.
        var held: [MessageID: (delivery: EmailDeliveryID, deadline: ContinuousClock.Instant)] = [:]
        /// Nothing more is delivered to it.
        var isEnding = false

        var room: Int { isEnding ? 0 : prefetch - held.count }
    }

    private let system: @Sendable () -> AuthSystem
    private let logger: Logger
    private let mailbox: DevelopmentMailbox?
    private nonisolated let counters = AtomicCounters(Counter.allCases.count)
    private var subscribers: [String: Subscriber] = [:]
    /// Whose turn is next, first.
    private var turns: [String] = []
    private let signals: AsyncStream<Void>
    private nonisolated let signal: AsyncStream<Void>.Continuation
    /// Whether a message that was queued will give the signal: those that are queued meanwhile leave with it.
    private nonisolated let isWaking = Atomic(false)
    /// For whom messages are being taken.
    private var taking: String?
    private var alarm: Task<Void, Never>?
    private var hasTrouble = false

    /// A message leaves a random while after it was queued: neither the time of an answer nor that of the next one tells
    /// whether there was a message.
    private static let delays = 20...250 as ClosedRange<Int>
    /// How long nobody looks when nothing is known to be due.
    private static let pause = Duration.seconds(30)

    fileprivate enum Counter: Int, CaseIterable {
        case handedOver
        case success
        case retry
        case drop
        case timedOut
    }

    /// - Parameter mailbox: hears of everything that is handed over.
    package init(
        logger: Logger, mailbox: DevelopmentMailbox? = nil, system: @escaping @Sendable () -> AuthSystem
    ) {
        self.logger = logger
        self.mailbox = mailbox
        self.system = system
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// - Parameters:
    ///   - app: whose users' messages; nil for everybody's.
    ///   - milliseconds: how long a delivery may be unanswered.
    /// - Returns: the name of the subscription.
    package func subscribe(
        to kinds: Set<EmailMessage.Kind>, of app: String?, prefetch: Int, milliseconds: Int, deliver: @escaping Delivery
    ) -> String {
        let name = MessageID.random(from: SystemEntropy()).description
        subscribers[name] = Subscriber(
            lease: { count in
                EmailLease(owner: name, kinds: kinds, app: app, count: count, milliseconds: Int64(milliseconds))
            },
            prefetch: prefetch, timeout: .milliseconds(milliseconds), deliver: deliver)
        turns.append(name)
        signal.yield()
        return name
    }

    /// Delivers nothing more. What is held may still be answered.
    ///
    /// - Returns: whether nothing is held, so that the subscription is over.
    package func unsubscribe(_ name: String) -> Bool {
        guard let subscriber = subscribers[name], !subscriber.held.isEmpty else {
            subscribers[name] = nil
            turns.removeAll { $0 == name }
            return true
        }
        subscribers[name]?.isEnding = true
        return false
    }

    /// The subscriber is gone: what it held goes to others at once.
    package func abandon(_ name: String) async {
        guard subscribers.removeValue(forKey: name) != nil else { return }
        turns.removeAll { $0 == name }
        // What is being taken for it is given back first.
        if taking != name { await release(name) }
    }

    private func release(_ name: String) async {
        // What cannot be said now, the leases say by themselves.
        try? await system().emails.release(name)
    }

    /// What became of a delivery. False when it is not this subscriber's any more.
    package func settle(
        _ message: MessageID, of name: String, _ status: Status, after milliseconds: Int64?, reason: String?
    ) async throws(AuthError) -> Bool {
        guard let held = subscribers[name]?.held.removeValue(forKey: message) else { return false }
        let emails = system().emails
        let verdict =
            switch status {
            case .success: EmailVerdict.success
            case .drop: EmailVerdict.drop(reason: reason)
            case .retry: emails.retry(after: milliseconds, attempt: held.delivery.attempt, reason: reason)
            }
        defer { signal.yield() }
        count(status.counter)
        if status == .success {
            logger.debug("an email was handed over", metadata: ["delivery": "\(message)"])
        } else {
            logger.notice(
                "an email was not taken: \(reason ?? "no reason was given")",
                metadata: [
                    "delivery": "\(message)", "attempt": "\(held.delivery.attempt)", "status": "\(status)",
                ])
        }
        return try await emails.settle(held.delivery, verdict)
    }

    package enum Status: Sendable {
        case success
        case retry
        case drop

        fileprivate var counter: Counter {
            switch self {
            case .success: .success
            case .retry: .retry
            case .drop: .drop
            }
        }
    }

    /// Whether anybody is there who takes messages.
    package var isSubscribed: Bool { subscribers.values.contains { !$0.isEnding } }

    /// What became of messages since the start.
    package nonisolated var counts: MessageCounts {
        let (queued, values) = (system().emails.counts, counters.values)
        func value(_ counter: Counter) -> Int { values[counter.rawValue] }
        return MessageCounts(
            enqueued: queued.enqueued, suppressed: queued.suppressed, handedOver: value(.handedOver),
            success: value(.success), retry: value(.retry), drop: value(.drop), timedOut: value(.timedOut))
    }

    private nonisolated func count(_ counter: Counter) { counters.count(counter.rawValue) }

    package func run() async {
        system().emails.onQueued {
            guard self.isWaking.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else {
                return
            }
            Task {
                try? await Task.sleep(for: .milliseconds(Int.random(in: Self.delays)))
                self.isWaking.store(false, ordering: .relaxed)
                self.signal.yield()
            }
        }
        await cancelWhenGracefulShutdown {
            for await _ in self.signals { await self.deliverWhatIsDue() }
        }
        system().emails.onQueued {}
        alarm?.cancel()
    }

    private func deliverWhatIsDue() async {
        await expire()
        var next = Self.pause
        var isIdle = false
        while !isIdle, !Task.isCancelled {
            isIdle = true
            for name in turns {
                guard let subscriber = subscribers[name], subscriber.room > 0 else { continue }
                taking = name
                do throws(AuthError) {
                    let taken = try await system().emails.take(subscriber.lease(min(subscriber.room, 10)))
                    await hand(taken.events, to: name)
                    taking = nil
                    if let milliseconds = taken.nextMilliseconds { next = min(next, .milliseconds(milliseconds + 1)) }
                    if !taken.events.isEmpty { isIdle = false }
                    hasTrouble = false
                } catch {
                    taking = nil
                    if subscribers[name] == nil { await release(name) }
                    if !hasTrouble { logger.error("no email can be handed over: \(error)") }
                    hasTrouble = true
                    return wake(in: .seconds(1))
                }
            }
            // Whoever was first is last the next time.
            if let first = turns.first { turns = turns.dropFirst() + [first] }
        }
        let deadlines = subscribers.values.flatMap { $0.held.values.map(\.deadline) }
        if let first = deadlines.min() { next = min(next, ContinuousClock.now.duration(to: first)) }
        wake(in: max(next, .milliseconds(1)))
    }

    private func hand(_ events: [EmailEvent], to name: String) async {
        guard let subscriber = subscribers[name], !subscriber.isEnding else {
            // Gone meanwhile: nobody has seen them.
            if !events.isEmpty { try? await system().emails.giveBack(events.map(\.delivery)) }
            if subscribers[name] == nil { await release(name) }
            return
        }
        let deadline = ContinuousClock.now + subscriber.timeout
        for event in events {
            subscribers[name]?.held[event.delivery.message] = (event.delivery, deadline)
            count(.handedOver)
            mailbox?.keep(event)
            subscriber.deliver(event)
        }
    }

    /// Takes back what was not answered in time; it goes to anybody, with the next attempt.
    private func expire() async {
        let now = ContinuousClock.now
        for (name, subscriber) in subscribers {
            for (message, held) in subscriber.held where held.deadline <= now {
                subscribers[name]?.held[message] = nil
                count(.timedOut)
                let verdict = EmailVerdict.retry(afterMilliseconds: 0, reason: "it was not acknowledged in time")
                _ = try? await system().emails.settle(held.delivery, verdict)
            }
        }
    }

    private func wake(in time: Duration) {
        alarm?.cancel()
        alarm = Task { [signal] in
            guard (try? await Task.sleep(for: time)) != nil else { return }
            signal.yield()
        }
    }
}
