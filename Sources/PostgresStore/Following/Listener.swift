internal import Dispatch
internal import Glibc
internal import MVPAuth
internal import Synchronization

/// A connection that listens for what the triggers tell, on a thread of its own. Reconnects by itself.
final class Listener: Sendable {
    enum Event: Sendable {
        /// What is committed from now on will be heard.
        case listening
        case notice(String)
        /// The server answered: everything committed before this uptime has been heard.
        case heartbeat(UInt64)
    }

    private let database: Database
    private let isStopped = Atomic(false)

    /// Nanoseconds.
    private static let interval: UInt64 = 250_000_000
    private static let patience: UInt64 = 1_000_000_000

    init(_ database: Database) {
        self.database = database
    }

    /// Ends when the database can never be used, or when nobody takes events any more.
    func events() -> AsyncStream<Event> {
        AsyncStream { continuation in
            continuation.onTermination = { _ in self.isStopped.store(true, ordering: .releasing) }
            DispatchQueue(label: "mvp-auth.postgres.listen").async {
                self.run { continuation.yield($0) }
                continuation.finish()
            }
        }
    }

    private var goesOn: Bool { !isStopped.load(ordering: .acquiring) }

    private func run(_ tell: (Event) -> Void) {
        var failures = 0
        while goesOn {
            do {
                let connection = try database.connect(
                    for: "listen", until: SystemTime().uptime() + database.options.nanoseconds)
                do {
                    try connection.execute(
                        "LISTEN \(ChangeNotice.channel)", deadline: SystemTime().uptime() + Self.patience)
                    tell(.listening)
                    failures = 0
                    try listen(on: connection, tell)
                } catch {
                    database.report("the listening connection broke: \(error)")
                    throw error
                }
            } catch {
                if database.refusal != nil { return }
                pause(Backoff.nanoseconds(after: failures, error))
                failures += 1
            }
        }
    }

    private func listen(on connection: Connection, _ tell: (Event) -> Void) throws {
        var next = SystemTime().uptime()
        while goesOn {
            for text in try connection.notifications(until: next) { tell(.notice(text)) }
            let now = SystemTime().uptime()
            guard now >= next else { continue }
            _ = try connection.exchange([[Self.heartbeat.with()]], deadline: now + Self.patience)
            // Heard while the answer was awaited: they come before what it proves.
            for text in connection.takeNotifications() { tell(.notice(text)) }
            tell(.heartbeat(now))
            next = now + Self.interval
        }
    }

    private static let heartbeat = Statement("heartbeat", "SELECT 1")

    /// Sleeps in small steps, so that a stop is noticed.
    private func pause(_ nanoseconds: UInt64) {
        let end = SystemTime().uptime() + nanoseconds
        while goesOn, SystemTime().uptime() < end { usleep(50_000) }
    }
}
