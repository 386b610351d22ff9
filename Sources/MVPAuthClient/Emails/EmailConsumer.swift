public import MVPAuth

/// The emails that an app sends itself, as a sequence: see ``AuthClient/emails(_:)``.
///
/// ```swift
/// try await auth.emails().handle { email in
///     try await mailer.send(to: email.address, template: email.event, link: email.link?.reveal())
/// }
/// ```
///
/// Every email is handed over at least once, and begun once in this process: what is handed over again while it is still
/// being handled, or after it was, is not begun again. A connection that is lost is made again, for ever.
public struct EmailConsumer: AsyncSequence, Sendable {
    public struct Configuration: Sendable {
        /// The events that are wanted; nil: all.
        public var events: [String]?
        /// How many emails are handled at the same time, from 1 to 100.
        public var prefetch = 10
        /// After how long without an answer an email is handed over again: from one second to ten minutes.
        public var ackTimeout = Duration.seconds(30)
        /// Told of what an operator may want to know.
        public var observer: (@Sendable (Observation) -> Void)?

        public init() {}
    }

    /// What happens beside the emails.
    public enum Observation: Sendable {
        /// Emails are coming from now on.
        case subscribed
        /// None are coming; it is tried again.
        case interrupted(AuthClientError)
        /// The handler of a delivery takes longer than the time after which it is made again.
        case slow(deliveryID: String)
        /// What became of a delivery could not be said. It will be made again, and not begun again if it was done.
        case unacknowledged(deliveryID: String, AuthClientError)
    }

    private let subscriber: EmailSubscriber

    init(_ subscriber: EmailSubscriber) {
        self.subscriber = subscriber
    }

    /// One email to send. Exactly one of the three verbs is to be called.
    public struct Delivery: Sendable {
        /// The same for every attempt.
        public let id: String
        /// From 1.
        public let attempt: Int
        /// What happened: `verification_email`, `password_reset_email`, …
        public let event: String
        /// The stored address of the account.
        public let address: String
        public let token: Secret?
        public let userID: UserID?
        /// The app whose user it is.
        public let app: String?
        public let createdAt: Timestamp
        /// Until when it is worth sending.
        public let expiresAt: Timestamp
        /// Where the person is to go; it holds the token.
        public let link: Secret?

        let subscriber: EmailSubscriber

        /// It was sent.
        public func done() async { await subscriber.settle(id, .success) }

        /// It may succeed later.
        ///
        /// - Parameters:
        ///   - delay: when; nil: as the daemon sees fit.
        ///   - reason: for operators, at most 200 characters; never the token, nor a text that may hold it.
        public func retry(after delay: Duration? = nil, reason: String? = nil) async {
            await subscriber.settle(id, .retry(delay, reason))
        }

        /// It will never succeed.
        public func drop(reason: String? = nil) async { await subscriber.settle(id, .drop(reason)) }
    }

    public struct Iterator: AsyncIteratorProtocol {
        let subscriber: EmailSubscriber

        /// The next email; nil after ``EmailConsumer/stop(within:)``, or when the task was cancelled.
        ///
        /// - Throws: when no waiting will help, `PERMISSION_DENIED` for instance.
        public mutating func next() async throws(AuthClientError) -> Delivery? {
            try await subscriber.next()
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(AuthClientError) -> Delivery? {
            try await subscriber.next()
        }
    }

    public typealias Element = Delivery
    public typealias Failure = AuthClientError

    public func makeAsyncIterator() -> Iterator { Iterator(subscriber: subscriber) }

    /// Handles emails, as many at a time as the configuration says, until it is stopped.
    ///
    /// A handler that returns has sent its email. One that throws an ``EmailRejection`` says what is to become of it; after
    /// any other error it is tried again, and the operator gets to know the error's type, not its text, which may hold
    /// the token.
    ///
    /// - Throws: when no waiting will help, `PERMISSION_DENIED` for instance.
    public func handle(_ body: @escaping @Sendable (Delivery) async throws -> Void) async throws(AuthClientError) {
        let subscriber = subscriber
        let failure: AuthClientError? = await withDiscardingTaskGroup { group in
            do throws(AuthClientError) {
                while let delivery = try await subscriber.next() {
                    group.addTask { await subscriber.handle(delivery, body) }
                }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Ends the sequence: no more emails come, what was not begun is given back, and what is being handled has so long
    /// to end. Then the connection is closed.
    public func stop(within grace: Duration = .seconds(10)) async {
        await subscriber.stop(within: grace)
    }
}

/// What a handler throws to say what is to become of its email.
public enum EmailRejection: Error, Sendable {
    /// It may succeed later.
    ///
    /// - Parameters:
    ///   - after: when; nil: as the daemon sees fit.
    ///   - reason: for operators, at most 200 characters; never the token, nor a text that may hold it.
    case retry(after: Duration?, reason: String?)
    /// It will never succeed.
    case drop(reason: String?)
}
