internal import MVPAuth
internal import ServiceLifecycle

/// Writes what is known of failed attempts, about once a second, and what is left at the end.
package struct AttemptWriting: Service {
    private let server: ServerState
    private let interval: Duration

    package init(server: ServerState, interval: Duration = .seconds(1)) {
        self.server = server
        self.interval = interval
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil { _ = await write() }
        }
        // There is no next time: a store that is busy for a moment is asked again.
        for _ in 0..<Self.lastTries {
            if await write() { break }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private static let lastTries = 4
    private static let pause = Duration.milliseconds(250)

    /// Whether nothing is left.
    private func write() async -> Bool {
        do throws(AuthError) {
            try await server.system.audit.writeAttempts()
            return true
        } catch {
            server.logger.warning("failed attempts could not be noted: \(error.code.rawValue)")
            return false
        }
    }
}
