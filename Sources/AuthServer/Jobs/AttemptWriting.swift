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
            while (try? await Task.sleep(for: interval)) != nil { await write() }
        }
        await write()
    }

    private func write() async {
        do throws(AuthError) {
            try await server.system.audit.writeAttempts()
        } catch {
            server.logger.warning("failed attempts could not be noted: \(error.code.rawValue)")
        }
    }
}
