internal import MVPAuth
package import ServiceLifecycle

/// Removes expired rows and entries in the background.
package struct Maintenance: ServiceLifecycle.Service {
    private let service: AuthServer.Service
    private let interval: Duration

    package init(service: AuthServer.Service, interval: Duration = .seconds(300)) {
        self.service = service
        self.interval = interval
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil {
                do throws(AuthError) {
                    let count = try await service.system.purge()
                    if count > 0 { service.logger.debug("expired rows were removed", metadata: ["count": "\(count)"]) }
                } catch {
                    service.logger.warning("expired rows could not be removed: \(error.code.rawValue)")
                }
            }
        }
    }
}
