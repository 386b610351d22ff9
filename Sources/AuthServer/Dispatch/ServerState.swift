package import AuthAPI
package import Logging
package import MVPAuth
package import StrictJSON
internal import Synchronization

/// What lasts as long as the daemon: the configuration as it is now, counters, and the doors for operators.
package final class ServerState: Sendable {
    private struct Counters: ~Copyable {
        var connections = 0
        var accepted = 0
        var refused = 0
    }

    package let instanceID: String
    package let startedAt: Timestamp
    package let store: String
    package let logger: Logger
    package let openRPC: JSONLexeme
    package let openRPCHash: String
    private let startedUptime: UInt64
    let time: any TimeSource
    private let current: SharedConfiguration
    /// Counts reconfigurations, so that whoever keeps the configuration at hand notices.
    let version = Atomic(0)
    private let counters = Mutex(Counters())
    let calls = CallMeter()
    let slowCalls: SlowCallLog
    private let limits = AtomicCounters(Limits.Name.allCases.count)
    private let usages = Mutex<[String: AppUsage]>([:])
    let idempotency: IdempotencyCache
    /// Who sends the messages of the outbox.
    package let emails: EmailBroker
    /// What was handed out, in development.
    let mailbox: DevelopmentMailbox?
    let backlog = StoreGauge<MessageBacklog>(validity: .seconds(1))
    let sessions = StoreGauge<Int>(validity: .seconds(1))
    private let draining = Atomic(false)
    private let droppedLogLines: @Sendable () -> Int
    private let reload: @Sendable (ServerConfiguration) async throws(AuthError) -> ServerConfiguration
    private let reloaded: @Sendable () -> Void
    private let stop: @Sendable () -> Void

    /// - Parameters:
    ///   - store: the kind of store, for `system.info`.
    ///   - keepsMailbox: whether emails that are handed out can be looked at: in development only.
    ///   - droppedLogLines: how many log lines nobody read.
    ///   - sha256: lower-case hexadecimal of a text's bytes.
    ///   - reload: reads the configuration again; what it throws leaves the old one in place.
    ///   - reloaded: is called when the configuration in force is the one that the reload has led to.
    ///   - stop: begins a graceful stop.
    package init(
        _ configuration: ServerConfiguration, store: String, logger: Logger,
        time: any TimeSource = SystemTime(), entropy: any Entropy = SystemEntropy(),
        keepsMailbox: Bool = false, droppedLogLines: @escaping @Sendable () -> Int = { 0 },
        sha256: @escaping @Sendable (String) -> String,
        reload: @escaping @Sendable (ServerConfiguration) async throws(AuthError) -> ServerConfiguration,
        reloaded: @escaping @Sendable () -> Void = {},
        stop: @escaping @Sendable () -> Void
    ) {
        let current = SharedConfiguration(configuration)
        self.current = current
        let mailbox = keepsMailbox ? DevelopmentMailbox(time: time) { current.value.links.link(for: $0) } : nil
        self.mailbox = mailbox
        emails = EmailBroker(logger: logger, mailbox: mailbox) { current.value.system }
        self.store = store
        self.droppedLogLines = droppedLogLines
        self.logger = logger
        slowCalls = SlowCallLog(logger)
        self.time = time
        self.reload = reload
        self.reloaded = reloaded
        self.stop = stop
        idempotency = IdempotencyCache(time: time, entropy: entropy, sha256: sha256)
        startedAt = time.now()
        startedUptime = time.uptime()
        instanceID = String(SessionID.random(from: entropy).description.filter { $0 != "-" }.prefix(16))
        openRPC = JSONLexeme(OpenRPC.document())
        openRPCHash = sha256(String(decoding: openRPC.bytes, as: UTF8.self))
        configuration.system.observeLogins(LoginLog(logger).note)
        configuration.system.observeEvents(AuditLog(logger).note)
    }

    package var configuration: ServerConfiguration {
        current.value
    }

    package var system: AuthSystem { configuration.system }

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
        defer { reloaded() }
        let next = try await reload(configuration)
        current.value = next
        version.wrappingAdd(1, ordering: .releasing)
        await next.system.learnPasswordForm()
        logger.notice("the configuration was reloaded")
        do throws(AuthError) {
            try await next.system.audit.note(.configReloaded)
        } catch {
            // It is in force, whatever the store says.
            logger.warning("the reload could not be noted: \(error.code.rawValue)")
        }
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

    /// Where the connections of an app are counted, and their calls.
    func usage(of app: String) -> AppUsage {
        usages.withLock { usages in
            if let usage = usages[app] { return usage }
            let usage = AppUsage()
            usages[app] = usage
            return usage
        }
    }

    var allUsages: [String: AppUsage] { usages.withLock { $0 } }

    var slowCallBounds: SlowCallBounds { configuration.slowCalls }

    var limitCounts: [(limit: Limits.Name, count: Int)] { Array(zip(Limits.Name.allCases, limits.values)) }

    package func countLimit(_ name: Limits.Name) {
        guard let index = Limits.Name.allCases.firstIndex(of: name) else { return }
        limits.count(index)
    }

    package var stats: Stats.Reply {
        func named(_ counts: some Sequence<(String, Int)>) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: counts.filter { $0.1 > 0 })
        }
        let reading = calls.reading
        let connections = counters.withLock { ($0.connections, $0.accepted, $0.refused) }
        return Stats.Reply(
            connections: connections.0, connectionsAccepted: connections.1, connectionsRefused: connections.2,
            calls: named(reading.methods.map { ($0.name, $0.calls) }),
            errors: named(reading.errors.map { ($0.code.rawValue, $0.count) }),
            limits: named(limitCounts.map { ($0.limit.wireName, $0.count) }),
            throttled: Dictionary(uniqueKeysWithValues: system.throttled.map { ($0.key.rawValue, $0.value) }),
            attacks: system.attacks,
            messages: emails.counts, replies: idempotency.count, logLinesDropped: droppedLogLines())
    }
}
