internal import MVPAuth
internal import ServiceLifecycle
internal import UnixSignals

/// SIGHUP reads the configuration again.
package struct ReloadOnHangup: Service {
    private let server: ServerState

    package init(server: ServerState) {
        self.server = server
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                do throws(AuthError) {
                    try await server.reconfigure()
                } catch {
                    server.logger.error("the configuration was not reloaded: \(error.message)")
                }
            }
        }
    }
}
