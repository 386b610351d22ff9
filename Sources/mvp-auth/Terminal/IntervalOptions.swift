internal import ArgumentParser
internal import MVPAuthClient

/// How often something is looked at again.
struct IntervalOptions: ParsableArguments {
    @Option(help: "Seconds between two looks.")
    var interval = 1.0

    func validate() throws {
        guard (0.1...3600).contains(interval) else {
            throw ValidationError("--interval must be from 0.1 to 3600 seconds.")
        }
    }

    var pause: Duration { .milliseconds(Int(interval * 1000)) }
}

extension Duration {
    /// Looks at something after each such pause, until the task is cancelled. A daemon that is away is waited for, and goes
    /// on with the same data when it is started again.
    ///
    /// - Parameter whenAway: is told the first error of each time that it is away.
    func repeating(
        whenAway: (AuthClientError) -> Void, _ look: () async throws(AuthClientError) -> Void
    ) async throws(AuthClientError) {
        var isAway = false
        while (try? await Task.sleep(for: self)) != nil {
            do throws(AuthClientError) {
                try await look()
                isAway = false
            } catch {
                guard error.isRetryable else { throw error }
                if !isAway { whenAway(error) }
                isAway = true
            }
        }
    }
}
