internal import AuthAPI
internal import Synchronization

/// Which emails are where, and whether there is a connection. Everything here happens under one lock; who waits for a
/// change waits outside.
final class EmailState: Sendable {
    private struct State {
        var connection: Connection?
        var subscription: String?
        var isConnecting = false
        var failures = 0
        var isStopping = false
        var isEnded = false
        /// Handed over and not begun.
        var waiting: [HookEvent] = []
        /// Being handled.
        var begun: Set<String> = []
        /// Handled, and the daemon is being told. It may hand over the next before its answer is looked at.
        var acknowledging: Set<String> = []
        var settled = SettledEmails()
        var changes: [CheckedContinuation<Void, Never>] = []

        /// Whether one more may be begun.
        func hasTurn(_ most: Int) -> Bool { !waiting.isEmpty && begun.count < most }
    }

    /// What `next` is to do.
    enum Turn {
        case email(HookEvent)
        case connect
        case wait
        case ended
    }

    /// What is to be done about an email that came in.
    enum Reception {
        case none
        /// It is still being handled.
        case repeated
        /// It was handled before.
        case settled(Connection?, EmailSubscriber.Outcome)
    }

    private let most: Int
    private let state = Mutex(State())

    /// - Parameter most: how many emails may be here at the same time.
    init(most: Int) {
        self.most = most
    }

    func receive(_ event: HookEvent) -> Reception {
        changing { state in
            guard !state.isStopping, !state.isEnded else { return .none }
            if let outcome = state.settled[event.deliveryID] { return .settled(state.connection, outcome) }
            if state.begun.contains(event.deliveryID) { return .repeated }
            if let place = state.waiting.firstIndex(where: { $0.deliveryID.utf8.elementsEqual(event.deliveryID.utf8) })
            {
                state.waiting[place] = event
                return .none
            }
            // More than was asked for: it is handed over again. Those that are handled still may be of a connection that
            // was lost, of which the daemon knows nothing any more: they do not count here.
            guard state.waiting.count < most else { return .none }
            state.waiting.append(event)
            return .none
        }
    }

    func take() -> Turn {
        // Nobody else has anything to do because of this: it wakes none of those that wait.
        state.withLock { state in
            if state.isStopping || state.isEnded { return .ended }
            if state.hasTurn(most) {
                let event = state.waiting.removeFirst()
                state.begun.insert(event.deliveryID)
                return .email(event)
            }
            guard state.connection == nil, !state.isConnecting else { return .wait }
            state.isConnecting = true
            return .connect
        }
    }

    /// Waits until something has changed, or the task is cancelled.
    func change() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    let isIdle = !state.hasTurn(most) && (state.connection != nil || state.isConnecting)
                    guard isIdle, !state.isStopping, !state.isEnded, !Task.isCancelled else { return true }
                    state.changes.append(continuation)
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            changing { _ in }
        }
    }

    /// False when there is no use for a connection any more.
    func use(_ connection: Connection) -> Bool {
        changing { state in
            guard !state.isStopping, !state.isEnded else { return false }
            state.connection = connection
            return true
        }
    }

    func subscribed(_ subscription: String) {
        changing { state in
            state.subscription = state.connection == nil ? nil : subscription
            state.failures = 0
        }
    }

    /// Returns how often in a row.
    func failed() -> Int {
        changing { state in
            state.failures += 1
            return state.failures
        }
    }

    /// The attempt to connect has ended, one way or the other.
    func attempted() {
        changing { $0.isConnecting = false }
    }

    /// What was handed over on it and not begun is handed over again, to whomever. False when it was not in use.
    @discardableResult
    func lost(_ connection: Connection) -> Bool {
        changing { state in
            guard state.connection === connection else { return false }
            (state.connection, state.subscription, state.waiting) = (nil, nil, [])
            return !state.isStopping
        }
    }

    /// Notes what became of an email. Returns the connection to say it on.
    func settle(_ id: String, _ outcome: EmailSubscriber.Outcome) -> Connection? {
        changing { state in
            if case .retry = outcome {} else { state.settled[id] = outcome }
            state.begun.remove(id)
            state.acknowledging.insert(id)
            return state.connection
        }
    }

    /// The daemon knows, or will hand it over again.
    func release(_ id: String) {
        changing { _ = $0.acknowledging.remove(id) }
    }

    /// No more emails. Returns those that were not begun.
    func stop() -> (Connection?, subscription: String?, unbegun: [String]) {
        changing { state in
            defer { (state.isStopping, state.waiting) = (true, []) }
            return (state.connection, state.subscription, state.waiting.map(\.deliveryID))
        }
    }

    /// Waits until no email is being handled, but not for ever.
    func idle(within grace: Duration) async {
        let deadline = ContinuousClock.now + grace
        while !state.withLock({ $0.begun.isEmpty && $0.acknowledging.isEmpty }), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(10))
            if Task.isCancelled { return }
        }
    }

    /// The end. Returns the connection to be closed.
    func end() -> Connection? {
        changing { state in
            defer { (state.isEnded, state.connection, state.waiting) = (true, nil, []) }
            return state.connection
        }
    }

    /// Changes the state and wakes whoever waits for that.
    @discardableResult
    private func changing<R>(_ body: (inout sending State) -> sending R) -> R {
        let (result, changes) = state.withLock { state -> (R, [CheckedContinuation<Void, Never>]) in
            let result = body(&state)
            defer { state.changes = [] }
            return (result, state.changes)
        }
        for continuation in changes { continuation.resume() }
        return result
    }
}
