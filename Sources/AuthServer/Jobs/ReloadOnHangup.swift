internal import MVPAuth
internal import ServiceLifecycle
package import UnixSignals

/// SIGHUP reads the configuration again.
package struct ReloadOnHangup: Service {
    private let server: ServerState
    private let hangups: UnixSignalsSequence

    /// - Parameter hangups: from the beginning of the process: without anybody who listens the signal would end it.
    package init(_ hangups: UnixSignalsSequence, server: ServerState) {
        self.hangups = hangups
        self.server = server
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in hangups {
                do throws(AuthError) {
                    try await server.reconfigure()
                } catch {
                    server.logger.error("the configuration was not reloaded: \(error.message)")
                }
            }
        }
    }
}
