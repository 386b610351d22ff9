internal import AuthAPI
public import MVPAuth
internal import Synchronization

/// Gives a living access token, and refreshes the pair behind it when that is due.
///
/// ```swift
/// let source = TokenSource(auth, pair, .init(onUpdate: save))
/// let token = try await source.accessToken()
/// ```
///
/// However many tasks ask, there is one refresh at a time, and a task that is cancelled does not stop it. Time is that of
/// the monotonic clock since the pair came: the host's clock may be wrong.
public final class TokenSource: Sendable {
    public struct Configuration: Sendable {
        /// How long ago the pair was made; nil when that is not known, after a restart for instance.
        public var age: Duration?
        /// Called with each new pair, before anybody gets its token: save it here. While it fails nobody gets the token,
        /// and it is called again. It must not ask the source for a token.
        public var onUpdate: (@Sendable (TokenPair) async throws -> Void)?
        /// Called once, when the session is over.
        public var onLost: (@Sendable (AuthClientError) async -> Void)?
        /// For several processes that keep one pair.
        public var sharing: Sharing?

        public init(
            age: Duration? = .zero, onUpdate: (@Sendable (TokenPair) async throws -> Void)? = nil,
            onLost: (@Sendable (AuthClientError) async -> Void)? = nil, sharing: Sharing? = nil
        ) {
            self.age = age
            self.onUpdate = onUpdate
            self.onLost = onLost
            self.sharing = sharing
        }
    }

    /// One stored pair of several processes: whoever has the lock refreshes it, the others take what he has stored.
    public struct Sharing: Sendable {
        /// Runs its argument, once, while no other process does.
        public var lock: @Sendable (_ body: @Sendable () async throws -> Void) async throws -> Void
        /// The pair that is stored now. Called inside the lock.
        public var load: @Sendable () async throws -> TokenPair?

        public init(
            lock: @escaping @Sendable (_ body: @Sendable () async throws -> Void) async throws -> Void,
            load: @escaping @Sendable () async throws -> TokenPair?
        ) {
            self.lock = lock
            self.load = load
        }
    }

    private let client: AuthClient
    private let configuration: Configuration
    /// Time since the source was made.
    private let now: @Sendable () -> Duration
    private let state: Mutex<TokenState>
    private let flight = Mutex(Flight())

    public convenience init(_ client: AuthClient, _ pair: TokenPair, _ configuration: Configuration = .init()) {
        let start = ContinuousClock.now
        self.init(client, pair, configuration) { ContinuousClock.now - start }
    }

    init(
        _ client: AuthClient, _ pair: TokenPair, _ configuration: Configuration,
        now: @escaping @Sendable () -> Duration
    ) {
        self.client = client
        self.configuration = configuration
        self.now = now
        state = Mutex(TokenState(pair, age: configuration.age, at: now()))
    }

    /// The pair of this moment. Its access token may be old.
    public var pair: TokenPair { state.withLock { $0.pair } }

    /// Whether the session is over: only a login helps.
    public var isLost: Bool { state.withLock { $0.loss != nil } }

    /// A living access token. A refresh that fails for a passing reason is not noticed before the old token has expired.
    ///
    /// - Throws: `AuthClientError`, always the same one once the session is over; and whatever saving, loading and locking
    ///   throw.
    public func accessToken() async throws -> Secret {
        switch state.withLock({ $0.answer(at: now()) }) {
        case .token(let token): return token
        case .lost(let error): throw error
        case .due: break
        }
        do {
            try await join()
        } catch let error as AuthClientError where error.known != .cancelled {
            guard let token = state.withLock({ $0.survivor(at: now()) }) else { throw error }
            return token
        }
        return pair.accessToken
    }

    /// A living access token other than one that a service refused with `TOKEN_EXPIRED`.
    public func accessToken(insteadOf refused: Secret) async throws -> Secret {
        state.withLock { $0.refuse(refused) }
        return try await accessToken()
    }

    /// Waits for a refresh that is under way, so that its pair is saved: before the program ends.
    public func finish() async {
        try? await join(beginning: false)
    }

    private struct Flight {
        var isUnderWay = false
        var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var nextID: UInt64 = 0
    }

    /// Waits for the refresh that is under way, or for one that begins now.
    private func join(beginning: Bool = true) async throws {
        let id = flight.withLock { flight in
            flight.nextID += 1
            return flight.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let wasUnderWay = flight.withLock { flight in
                    defer { flight.isUnderWay = flight.isUnderWay || beginning }
                    if flight.isUnderWay || beginning { flight.waiting[id] = continuation }
                    return flight.isUnderWay
                }
                switch (wasUnderWay, beginning) {
                case (true, _): break
                // No child of the caller's: whoever leaves must not take the rotated pair along.
                case (false, true): Task { await fly() }
                case (false, false): continuation.resume()
                }
                // A cancellation that came before there was anybody to leave.
                if Task.isCancelled { leave(id) }
            }
        } onCancel: {
            leave(id)
        }
    }

    private func leave(_ id: UInt64) {
        let continuation = flight.withLock { $0.waiting.removeValue(forKey: id) }
        continuation?.resume(throwing: AuthClientError.local(.cancelled, executed: false))
    }

    private func fly() async {
        let outcome: Result<Void, any Error>
        do {
            if let sharing = configuration.sharing {
                try await sharing.lock { try await self.renew(loading: sharing.load) }
            } else {
                try await renew(loading: nil)
            }
            outcome = .success(())
        } catch {
            state.withLock { $0.postpone(at: now()) }
            outcome = .failure(error)
        }
        let waiting = flight.withLock { flight in
            defer { flight = Flight(nextID: flight.nextID) }
            return flight.waiting.values
        }
        for continuation in waiting { continuation.resume(with: outcome) }
    }

    private func renew(loading load: (@Sendable () async throws -> TokenPair?)?) async throws {
        if state.withLock({ !$0.isSaved }) { try await save() }
        guard state.withLock({ $0.isDue(at: now()) }) else { return }
        if let load, let stored = try await load(), try await adopt(stored) { return }
        let (pair, key) = state.withLock { ($0.pair, $0.key) }
        let next = try await notingLoss { () async throws(AuthClientError) in
            try await client.call(Refresh(refreshToken: pair.refreshToken), idempotencyKey: key)
        }
        state.withLock { $0.adopt(next, age: .zero, at: now(), isSaved: false) }
        try await save()
    }

    private func save() async throws {
        try await configuration.onUpdate?(pair)
        state.withLock { $0.isSaved = true }
    }

    /// Takes a pair that another process has stored. False when it is ours, or its token has expired.
    private func adopt(_ stored: TokenPair) async throws -> Bool {
        guard state.withLock({ $0.isOther(stored) }) else { return false }
        state.withLock { $0.adopt(stored, age: nil, at: now(), isSaved: true) }
        let claims: TokenPayload? = try await notingLoss { () async throws(AuthClientError) in
            do throws(AuthClientError) {
                return try await client.verify(accessToken: stored.accessToken)
            } catch {
                guard error.known == .tokenExpired else { throw error }
                return nil
            }
        }
        guard let claims else { return false }
        // It is alive, so a clock that says otherwise is wrong.
        let age = min(max(0, SystemTime().now().seconds - claims.iat), max(0, claims.exp - claims.iat) / 2)
        state.withLock { $0.adopt(stored, age: .seconds(age), at: now(), isSaved: true) }
        return true
    }

    /// Makes a call whose failure may mean that the session is over.
    private func notingLoss<Value: Sendable>(
        _ call: () async throws(AuthClientError) -> Value
    ) async throws(AuthClientError) -> Value {
        do throws(AuthClientError) {
            return try await call()
        } catch {
            if state.withLock({ $0.isLost(by: error) }) { await configuration.onLost?(error) }
            throw error
        }
    }
}

extension TokenSource: CustomReflectable {
    /// Nothing: tokens and a client.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
