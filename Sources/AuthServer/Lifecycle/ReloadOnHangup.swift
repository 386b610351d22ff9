internal import MVPAuth
package import ServiceLifecycle
internal import UnixSignals

/// SIGHUP reads the configuration again.
package struct ReloadOnHangup: ServiceLifecycle.Service {
    private let service: AuthServer.Service

    package init(service: AuthServer.Service) {
        self.service = service
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                do throws(AuthError) {
                    try await service.reconfigure()
                } catch {
                    service.logger.error("the configuration was not reloaded: \(error.message)")
                }
            }
        }
    }
}
