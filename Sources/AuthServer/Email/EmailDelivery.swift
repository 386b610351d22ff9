package import Logging
package import MVPAuth
internal import ServiceLifecycle

/// Hands submitted messages to the sink, a few at a time, without making anybody wait.
///
/// In memory and bounded: when the sink cannot keep up, the message is refused with a log line, and the user asks again.
package struct EmailDelivery: EmailOutbox, Service {
    private let sink: any EmailSink
    private let logger: Logger
    private let messages: AsyncStream<EmailEvent>
    private let continuation: AsyncStream<EmailEvent>.Continuation

    package static let capacity = 1000
    private static let concurrency = 4

    package init(sink: any EmailSink, logger: Logger) {
        self.sink = sink
        self.logger = logger
        (messages, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.capacity))
    }

    package func submit(_ event: EmailEvent) {
        if case .enqueued = continuation.yield(event) { return }
        logger.error("an email was refused: too many are waiting", metadata: Self.metadata(event))
    }

    package func run() async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for _ in 0..<Self.concurrency {
                    group.addTask {
                        for await event in messages { await deliver(event) }
                    }
                }
            }
        } onGracefulShutdown: {
            continuation.finish()
        }
    }

    private func deliver(_ event: EmailEvent) async {
        do {
            try await sink.deliver(event)
            logger.debug("an email was handed over", metadata: Self.metadata(event))
        } catch {
            logger.error("an email was not taken: \(error)", metadata: Self.metadata(event))
        }
    }

    private static func metadata(_ event: EmailEvent) -> Logger.Metadata {
        ["event": "\(event.kind.rawValue)", "delivery": "\(event.id)", "user": "\(event.userID)"]
    }
}
