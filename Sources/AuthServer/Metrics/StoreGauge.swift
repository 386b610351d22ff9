internal import MVPAuth
internal import Synchronization

/// A number that the store has to be read for, counted rarely however often it is asked for.
actor StoreGauge<Value: Sendable> {
    typealias Count = @Sendable () async throws(AuthError) -> Value

    private var latest: (value: Value, until: ContinuousClock.Instant)?
    private var counting: Task<Result<Value, AuthError>, Never>?
    private let validity: Duration

    /// - Parameter validity: how long a count is good for; longer when it took long: at most a twentieth of the time is spent
    ///   on counting.
    init(validity: Duration) {
        self.validity = validity
    }

    /// All who ask during a count share it.
    func value(counting count: @escaping Count) async throws(AuthError) -> Value {
        let start = ContinuousClock.now
        if let latest, start < latest.until { return latest.value }
        if let counting { return try await counting.value.get() }
        let task = Task { () async -> Result<Value, AuthError> in
            do throws(AuthError) {
                return .success(try await count())
            } catch {
                return .failure(error)
            }
        }
        counting = task
        let result = await task.value
        counting = nil
        let now = ContinuousClock.now
        if case .success(let value) = result { latest = (value, now + max(validity, (now - start) * 20)) }
        return try result.get()
    }

    /// The same, for whoever has to say something else too: nil when the store does not answer in this time. A count that
    /// goes on is there for the next who asks.
    nonisolated func value(within time: Duration, counting count: @escaping Count) async -> Value? {
        await withCheckedContinuation { continuation in
            let answer = FirstAnswer<Value> { continuation.resume(returning: $0) }
            Task { answer(try? await self.value(counting: count)) }
            Task {
                try? await Task.sleep(for: time)
                answer(nil)
            }
        }
    }
}

/// Passes on the first of several answers.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private let isGiven = Atomic(false)
    private let pass: @Sendable (Value?) -> Void

    init(_ pass: @escaping @Sendable (Value?) -> Void) {
        self.pass = pass
    }

    func callAsFunction(_ value: Value?) {
        if !isGiven.exchange(true, ordering: .relaxed) { pass(value) }
    }
}
