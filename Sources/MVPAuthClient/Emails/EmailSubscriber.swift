internal import AuthAPI
internal import JSONRPC
internal import MVPAuth
internal import NIOCore
internal import StrictJSON
internal import Synchronization

/// What stands behind an ``EmailConsumer``: one connection, one subscription, and which emails are where.
final class EmailSubscriber: Sendable {
    /// What became of an email.
    enum Outcome: Sendable {
        case success
        case retry(Duration?, String?)
        case drop(String?)
    }

    private let configuration: EmailConsumer.Configuration
    private let connection: SharedConnection
    private let state: EmailState

    /// How long a call of the subscription may take.
    private static let timeout = TimeAmount.seconds(5)

    init(_ configuration: EmailConsumer.Configuration, at place: AuthClient.Place) {
        var configuration = configuration
        configuration.prefetch = min(max(1, configuration.prefetch), 100)
        configuration.ackTimeout = min(max(.seconds(1), configuration.ackTimeout), .seconds(600))
        self.configuration = configuration
        let state = EmailState(most: configuration.prefetch)
        self.state = state
        let observer = configuration.observer
        connection = place.sharedConnection(keeping: [.hooks]) { method, params in
            guard method == ShortBytes(HookEvent.spec.name), let params,
                let event = try? JSONDecoding.decode(HookEvent.self, from: params, unknownMembers: .ignored)
            else { return }
            switch state.receive(event) {
            case .none: break
            case .repeated: observer?(.slow(deliveryID: event.deliveryID))
            case .settled(let connection, let outcome):
                // Its acknowledgement was lost. Nobody waits for the answer to this one.
                connection?.notify(AcknowledgeHook.spec.name, AcknowledgeHook(event.deliveryID, outcome))
            }
        }
    }

    deinit { state.end()?.channel.close(promise: nil) }

    /// The next email, once there is one; the connection is made, or made again, meanwhile.
    func next() async throws(AuthClientError) -> EmailConsumer.Delivery? {
        while true {
            if Task.isCancelled {
                state.end()?.channel.close(promise: nil)
                return nil
            }
            switch state.take() {
            case .email(let event): return delivery(event)
            case .ended: return nil
            case .wait: await state.change()
            case .connect:
                do throws(AuthClientError) {
                    defer { state.attempted() }
                    try await subscribe()
                } catch {
                    guard Self.mayHeal(error) else {
                        state.end()?.channel.close(promise: nil)
                        throw error
                    }
                    if !Task.isCancelled { configuration.observer?(.interrupted(error)) }
                }
            }
        }
    }

    /// Has an email handled, and says what became of it.
    func handle(
        _ delivery: EmailConsumer.Delivery, _ body: @Sendable (EmailConsumer.Delivery) async throws -> Void
    ) async {
        do {
            try await body(delivery)
            await settle(delivery.id, .success)
        } catch let rejection as EmailRejection {
            switch rejection {
            case .retry(let delay, let reason): await settle(delivery.id, .retry(delay, reason))
            case .drop(let reason): await settle(delivery.id, .drop(reason))
            }
        } catch {
            // The type only: the text may hold the token.
            await settle(delivery.id, .retry(nil, "\(type(of: error))"))
        }
    }

    /// Says what became of an email. When the daemon cannot be told, it hands the email over again, and hears it then.
    func settle(_ id: String, _ outcome: Outcome) async {
        guard let connection = state.settle(id, outcome) else { return state.release(id) }
        let retries = RetryPolicy()
        var attempt = 1
        while true {
            do throws(AuthClientError) {
                _ = try await connection.exchange(
                    AcknowledgeHook.spec.name, AcknowledgeHook(id, outcome), deadline: .now() + Self.timeout)
                break
            } catch {
                guard error.code != AuthClientError.connectionLostCode,
                    let delay = retries.delay(after: error, attempt: attempt, isRepeatable: true),
                    (try? await Task.sleep(for: .milliseconds(delay))) != nil
                else {
                    configuration.observer?(.unacknowledged(deliveryID: id, error))
                    break
                }
                attempt += 1
            }
        }
        state.release(id)
    }

    func stop(within grace: Duration) async {
        let (connection, subscription, unbegun) = state.stop()
        if let connection, let subscription {
            _ = try? await connection.exchange(
                UnsubscribeHooks.spec.name, UnsubscribeHooks(subscription: subscription),
                deadline: .now() + Self.timeout)
            // Somebody else may have these at once.
            for id in unbegun {
                connection.notify(AcknowledgeHook.spec.name, AcknowledgeHook(id, .retry(.zero, "stopping")))
            }
        }
        await state.idle(within: grace)
        // What was said last is on its way before the end is.
        await state.end()?.close()
        await self.connection.close()
    }

    private func subscribe() async throws(AuthClientError) {
        let connection = try await self.connection.connection(by: .now() + Self.timeout)
        guard state.use(connection) else { return connection.channel.close(promise: nil) }
        // Emails may come before the answer is looked at.
        connection.channel.closeFuture.whenComplete { [state, observer = configuration.observer] _ in
            if state.lost(connection) { observer?(.interrupted(.connectionLost)) }
        }
        let result: JSONValue
        do throws(AuthClientError) {
            result = try await connection.exchange(
                SubscribeHooks.spec.name,
                SubscribeHooks(
                    events: configuration.events, prefetch: configuration.prefetch,
                    ackTimeoutMS: configuration.ackTimeout.milliseconds),
                deadline: .now() + Self.timeout)
        } catch {
            state.lost(connection)
            connection.channel.close(promise: nil)
            let failures = state.failed()
            if Self.mayHeal(error) {
                let least = min(error.retryAfterMilliseconds ?? 0, 60_000)
                // All who lost the same daemon come back at different times.
                let pause = least + Int.random(in: 0...min(10_000, 50 << min(failures, 8)))
                try? await Task.sleep(for: .milliseconds(pause))
            }
            throw error
        }
        guard let reply = try? JSONDecoding.decode(SubscribeHooks.Reply.self, from: result, unknownMembers: .ignored)
        else {
            state.lost(connection)
            connection.channel.close(promise: nil)
            throw AuthClientError(
                code: AuthError.Code.internalError.rawValue, message: "The daemon's answer cannot be understood.",
                executed: true)
        }
        state.subscribed(reply.subscription)
        configuration.observer?(.subscribed)
    }

    /// Whether waiting may help: not where the daemon has said no, or knows no hooks.
    private static func mayHeal(_ error: AuthClientError) -> Bool {
        switch error.known {
        case .permissionDenied, .methodNotFound, .invalidParams, .unsupportedProtocol: false
        case nil: error.isRetryable || error.code == AuthClientError.connectionLostCode
        default: true
        }
    }

    private func delivery(_ event: HookEvent) -> EmailConsumer.Delivery {
        EmailConsumer.Delivery(
            id: event.deliveryID, attempt: event.attempt, event: event.event, address: event.email, token: event.token,
            userID: event.userID, app: event.app, createdAt: event.createdAt, expiresAt: event.expiresAt,
            link: event.link, subscriber: self)
    }
}

extension AcknowledgeHook {
    /// What the daemon takes as a reason.
    private static let longestReason = 200

    fileprivate init(_ id: String, _ outcome: EmailSubscriber.Outcome) {
        func short(_ reason: String?) -> String? {
            reason.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(Self.longestReason))) }
        }
        switch outcome {
        case .success: self.init(deliveryID: id, status: .success, delayMS: nil, reason: nil)
        case .retry(let delay, let reason):
            self.init(deliveryID: id, status: .retry, delayMS: delay?.milliseconds, reason: short(reason))
        case .drop(let reason): self.init(deliveryID: id, status: .drop, delayMS: nil, reason: short(reason))
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        Int(clamping: components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
