internal import AuthServer
internal import EmailQueue
internal import Logging
internal import MVPAuth
internal import ServiceLifecycle

/// A subscriber in this process: gives the messages of the outbox to a sink, a few at a time.
///
/// At a stop what cannot be handed over in a moment is given back; it goes out after the next start.
struct LocalDelivery: Service {
    private let sink: any EmailSink
    private let broker: EmailBroker
    private let grace: Duration

    private static let concurrency = 4
    /// Milliseconds that a sink may take.
    private static let patience = 60_000

    /// - Parameter grace: how long a stop waits for deliveries.
    init(_ sink: any EmailSink, broker: EmailBroker, grace: Duration = .seconds(2)) {
        self.sink = sink
        self.broker = broker
        self.grace = grace
    }

    func run() async {
        let (events, received) = AsyncStream.makeStream(of: EmailEvent.self)
        let name = await broker.subscribe(
            to: Set(EmailMessage.Kind.allCases), of: nil, prefetch: Self.concurrency, milliseconds: Self.patience
        ) { received.yield($0) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { deliveries in
                    for _ in 0..<Self.concurrency {
                        deliveries.addTask { for await event in events { await deliver(event, name) } }
                    }
                }
            }
            group.addTask {
                try? await gracefulShutdown()
                _ = await broker.unsubscribe(name)
                received.finish()
                try? await Task.sleep(for: grace)
            }
            // Whichever is first: everything has been handed over, or the grace is over.
            await group.next()
            group.cancelAll()
        }
        await broker.abandon(name)
    }

    private func deliver(_ event: EmailEvent, _ name: String) async {
        let message = event.delivery.message
        do {
            try await sink.deliver(event)
        } catch {
            guard !Task.isCancelled else { return }
            _ = try? await broker.settle(message, of: name, .retry, after: nil, reason: "\(error)")
            return
        }
        _ = try? await broker.settle(message, of: name, .success, after: nil, reason: nil)
    }
}
