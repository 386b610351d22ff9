package import AuthAPI
package import Logging
package import MVPAuth
package import StrictJSON
internal import Synchronization

/// What lasts as long as the daemon: the auth system that is configured now, counters, and the doors for operators.
package final class ServerState: Sendable {
    private struct Counters: ~Copyable {
        var connections = 0
        var accepted = 0
        var refused = 0
    }

    package let instanceID: String
    package let startedAt: Timestamp
    package let store: String
    package let limits: Limits
    package let logger: Logger
    package let openRPC: JSON
    package let openRPCHash: String
    private let startedUptime: UInt64
    private let time: any TimeSource
    private let current: Mutex<AuthSystem>
    /// Counts reconfigurations, so that whoever keeps the system at hand notices.
    let version = Atomic(0)
    private let counters = Mutex(Counters())
    private let calls = Tally(authAPI.methods.count)
    private let errors = Tally(AuthError.Code.allCases.count)
    private let draining = Atomic(false)
    private let reload: @Sendable (AuthSystem) async throws(AuthError) -> AuthSystem
    private let stop: @Sendable () -> Void

    /// - Parameters:
    ///   - store: the kind of store, for `system.info`.
    ///   - sha256: lower-case hexadecimal.
    ///   - reload: reads the configuration again; what it throws leaves the old one in place.
    ///   - stop: begins a graceful stop.
    package init(
        system: AuthSystem, store: String, limits: Limits = .standard, logger: Logger,
        time: any TimeSource = SystemTime(), entropy: any Entropy = SystemEntropy(),
        sha256: (String) -> String,
        reload: @escaping @Sendable (AuthSystem) async throws(AuthError) -> AuthSystem,
        stop: @escaping @Sendable () -> Void
    ) {
        current = Mutex(system)
        self.store = store
        self.limits = limits
        self.logger = logger
        self.time = time
        self.reload = reload
        self.stop = stop
        startedAt = time.now()
        startedUptime = time.uptime()
        instanceID = String(SessionID.random(from: entropy).description.filter { $0 != "-" }.prefix(16))
        openRPC = OpenRPC.document()
        openRPCHash = sha256(String(decoding: openRPC.text, as: UTF8.self))
    }

    package var system: AuthSystem {
        current.withLock { $0 }
    }

    package var uptimeSeconds: Int {
        Int((time.uptime() - startedUptime) / 1_000_000_000)
    }

    package var isDraining: Bool {
        draining.load(ordering: .acquiring)
    }

    /// New calls are refused from now on; what is in flight is finished.
    package func beginDraining() {
        draining.store(true, ordering: .releasing)
    }

    package func requestStop() {
        stop()
    }

    /// Replaces the configuration, all or nothing.
    package func reconfigure() async throws(AuthError) {
        let next = try await reload(system)
        current.withLock { $0 = next }
        version.wrappingAdd(1, ordering: .releasing)
        logger.notice("the configuration was reloaded")
    }

    package func countConnection(_ change: Int) {
        counters.withLock {
            $0.connections += change
            if change > 0 { $0.accepted += 1 }
        }
    }

    package func countRefusedConnection() {
        counters.withLock { $0.refused += 1 }
    }

    package func countCall(_ method: Int) {
        calls.count(method)
    }

    package func countError(_ code: AuthError.Code) {
        guard let index = AuthError.Code.allCases.firstIndex(of: code) else { return }
        errors.count(index)
    }

    package var stats: Stats.Reply {
        let names = authAPI.methods.map { $0.spec.name }
        return counters.withLock { counters in
            func named(_ counts: [Int], _ names: [String]) -> [String: Int] {
                Dictionary(uniqueKeysWithValues: zip(names, counts).filter { $0.1 > 0 })
            }
            return Stats.Reply(
                connections: counters.connections, connectionsAccepted: counters.accepted,
                connectionsRefused: counters.refused, calls: named(calls.values, names),
                errors: named(errors.values, AuthError.Code.allCases.map(\.rawValue)))
        }
    }
}
