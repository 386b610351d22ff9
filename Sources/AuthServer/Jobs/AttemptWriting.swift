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
    }

    /// To be called after the last call has been answered, whatever made the daemon stop. There is no next time: a store that
    /// is away is asked again, for as long as a service manager certainly waits.
    package func finish() async {
        let start = ContinuousClock.now
        while await !write(), ContinuousClock.now - start < Self.patience {
            guard (try? await Task.sleep(for: Self.pause)) != nil else { return }
        }
    }

    private static let patience = Duration.seconds(10)
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
