internal import MVPAuth
internal import ServiceLifecycle

/// Removes expired rows, entries and kept answers in the background, and looks how most passwords were hashed.
///
/// Rows go only by a wall clock that is steady: not in the first hour, and not in the hour after a step.
package struct Maintenance: Service {
    private let server: ServerState
    private let interval: Duration

    package init(server: ServerState, interval: Duration = .seconds(300)) {
        self.server = server
        self.interval = interval
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            var clock = SteadyClock(wall: server.time.now(), uptime: server.time.uptime())
            await server.system.learnPasswordForm()
            while (try? await Task.sleep(for: interval)) != nil { await tidy(&clock) }
        }
    }

    func tidy(_ clock: inout SteadyClock) async {
        server.idempotency.purge()
        await server.system.learnPasswordForm()
        let now = server.time.now()
        guard clock.isSteady(wall: now, uptime: server.time.uptime()) else { return server.system.purgeMemory() }
        do throws(AuthError) {
            let count = try await server.system.purge(at: now)
            if count > 0 { server.logger.debug("expired rows were removed", metadata: ["count": "\(count)"]) }
        } catch {
            server.logger.warning("expired rows could not be removed: \(error.code.rawValue)")
        }
    }
}
