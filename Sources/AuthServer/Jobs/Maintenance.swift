internal import MVPAuth
internal import ServiceLifecycle

/// Removes expired rows, entries and kept answers in the background, and looks how most passwords were hashed.
package struct Maintenance: Service {
    private let server: ServerState
    private let interval: Duration

    package init(server: ServerState, interval: Duration = .seconds(300)) {
        self.server = server
        self.interval = interval
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            await server.system.learnPasswordForm()
            while (try? await Task.sleep(for: interval)) != nil {
                server.replays.purge()
                await server.system.learnPasswordForm()
                do throws(AuthError) {
                    let count = try await server.system.purge()
                    if count > 0 { server.logger.debug("expired rows were removed", metadata: ["count": "\(count)"]) }
                } catch {
                    server.logger.warning("expired rows could not be removed: \(error.code.rawValue)")
                }
            }
        }
    }
}
