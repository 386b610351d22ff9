internal import MVPAuth
internal import ServiceLifecycle

/// Keeps what is in memory in step with a store that others write too.
package struct StoreFollowing: Service {
    private let server: ServerState
    private let synchronized: @Sendable () -> Void

    /// - Parameter synchronized: called whenever everything has been read, for the first time or again.
    package init(server: ServerState, synchronized: @escaping @Sendable () -> Void) {
        self.server = server
        self.synchronized = synchronized
    }

    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await server.system.follow(synchronized: synchronized)
            try? await gracefulShutdown()
        }
    }
}
