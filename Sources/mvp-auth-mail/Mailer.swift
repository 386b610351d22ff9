internal import EmailDelivery
internal import Host
internal import Logging
internal import MVPAuthClient
internal import ServiceLifecycle
internal import Synchronization

/// Takes emails from the daemon, gives them to the sink, and says what became of them.
final class Mailer: Sendable {
    private let sink: any DeliverySink
    private let logger: Logger
    private let ready: @Sendable (String) -> Void
    private let progress = Mutex(Progress())

    private struct Progress {
        var wasReady = false
        /// Why no emails come at the moment; nil when they do.
        var trouble: String?
    }

    /// How long a stop waits for what is on its way: less than systemd waits.
    private static let grace = Duration.seconds(20)

    /// - Parameter ready: told once, when emails are coming.
    init(sink: any DeliverySink, logger: Logger, ready: @escaping @Sendable (String) -> Void) {
        self.sink = sink
        self.logger = logger
        self.ready = ready
    }

    /// Sends until a graceful shutdown, then finishes what is on its way.
    func service(for client: AuthClient) -> any Service {
        var configuration = EmailConsumer.Configuration()
        configuration.events = sink.events
        configuration.prefetch = sink.concurrency
        // A delivery that takes its time is not made twice.
        configuration.ackTimeout = sink.longest + .seconds(10)
        configuration.observer = { [self] in observe($0) }
        return Deliveries(mailer: self, consumer: client.emails(configuration))
    }

    private struct Deliveries: Service {
        let mailer: Mailer
        let consumer: EmailConsumer

        func run() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (mailer, consumer) = (mailer, consumer)
                group.addTask {
                    do throws(AuthClientError) {
                        try await consumer.handle { try await mailer.deliver($0) }
                    } catch {
                        throw StartFailure("The daemon gives out no emails: \(error.message)")
                    }
                }
                group.addTask {
                    try await gracefulShutdown()
                    await consumer.stop(within: Mailer.grace)
                }
                // The first ends when the second has stopped it, or by an error.
                try await group.next()
                group.cancelAll()
                while (try? await group.next()) != nil {}
            }
        }
    }

    private func deliver(_ delivery: EmailConsumer.Delivery) async throws(EmailRejection) {
        guard
            let email = OutgoingEmail(
                id: delivery.id, attempt: delivery.attempt, event: delivery.event, address: delivery.address,
                token: delivery.token, userID: delivery.userID?.description, app: delivery.app,
                createdAt: delivery.createdAt, expiresAt: delivery.expiresAt, link: delivery.link)
        else { throw .drop(reason: "the delivery's id is none") }
        let metadata: Logger.Metadata = [
            "event": "\(printable(delivery.event))", "delivery": "\(delivery.id)", "attempt": "\(delivery.attempt)",
        ]
        switch await sink.deliver(email) {
        case .delivered:
            logger.info("an email was handed over", metadata: metadata)
        case .retry(let delay, let reason):
            logger.warning("an email was not taken, and will be tried again: \(reason)", metadata: metadata)
            throw .retry(after: delay, reason: reason)
        case .drop(let reason):
            logger.error("an email was refused for good: \(reason)", metadata: metadata)
            throw .drop(reason: reason)
        }
    }

    private func observe(_ observation: EmailConsumer.Observation) {
        switch observation {
        case .subscribed:
            let (isFirst, wasInTrouble) = progress.withLock { progress in
                defer { (progress.wasReady, progress.trouble) = (true, nil) }
                return (!progress.wasReady, progress.trouble != nil)
            }
            if isFirst {
                ready(sink.destination)
            } else if wasInTrouble {
                logger.notice("the daemon gives out emails again")
            }
        case .interrupted(let error):
            // Once for each trouble: a daemon that is away is away for many attempts.
            let isNew = progress.withLock { progress in
                defer { progress.trouble = error.code }
                return progress.trouble == nil
            }
            if isNew { logger.warning("no emails come from the daemon: \(error.message)") }
        case .slow(let id):
            logger.warning("an email takes longer than expected", metadata: ["delivery": "\(printable(id))"])
        case .unacknowledged(let id, let error):
            logger.warning(
                "the daemon could not be told about an email: \(error.message)",
                metadata: ["delivery": "\(printable(id))"]
            )
        }
    }
}
