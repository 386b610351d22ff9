internal import MVPAuth

/// The length of the outbox, counted rarely however often it is asked for.
actor BacklogGauge {
    private var latest: (backlog: MessageBacklog, until: ContinuousClock.Instant)?
    private var counting: Task<Result<MessageBacklog, AuthError>, Never>?

    /// How long a count is good for; longer when it took long: at most a twentieth of the time is spent on counting.
    private static let validity = Duration.seconds(1)

    /// All who ask during a count share it.
    func backlog(
        counting count: @escaping @Sendable () async throws(AuthError) -> MessageBacklog
    ) async throws(AuthError) -> MessageBacklog {
        let start = ContinuousClock.now
        if let latest, start < latest.until { return latest.backlog }
        if let counting { return try await counting.value.get() }
        let task = Task { () async -> Result<MessageBacklog, AuthError> in
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
        if case .success(let backlog) = result { latest = (backlog, now + max(Self.validity, (now - start) * 20)) }
        return try result.get()
    }
}
