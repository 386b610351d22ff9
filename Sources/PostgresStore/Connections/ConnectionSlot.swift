internal import MVPAuth

/// A queue's way to the database: open, or to be tried again after a while.
struct ConnectionSlot: ~Copyable {
    private let database: Database
    private let purpose: String
    private var connection: Connection?
    private var failures = 0
    private var retryAt: UInt64 = 0

    init(_ database: Database, for purpose: String) {
        self.database = database
        self.purpose = purpose
    }

    /// An open connection to a database whose schema is ready, or why there is none: nothing has been sent then.
    mutating func connection(until deadline: UInt64) -> Result<Connection, AuthError> {
        if let open { return .success(open) }
        connection = nil
        guard SystemTime().uptime() >= retryAt else { return .failure(database.unavailable) }
        do {
            let opened = try database.connect(for: purpose, until: deadline)
            connection = opened
            failures = 0
            return .success(opened)
        } catch {
            retryAt = SystemTime().uptime() + Backoff.nanoseconds(after: failures, error)
            failures += 1
            return .failure(database.unavailable)
        }
    }

    /// The connection, if it is open. Does not wait.
    var open: Connection? {
        connection.flatMap { $0.isStale ? nil : $0 }
    }

    mutating func drop() {
        connection = nil
    }
}

/// How long to leave a database alone that could not be reached.
enum Backoff {
    /// From 50 ms, doubled up to half a second: the daemon serves again soon after the database. One that answers and
    /// refuses is asked every 5 s.
    static func nanoseconds(after failures: Int, _ error: any Error) -> UInt64 {
        let isRefusal = (error as? ConnectionFailure)?.isRefusal ?? !(error is SchemaBusy)
        return (isRefusal ? 5000 : UInt64(min(500, 50 << min(failures, 4)))) * 1_000_000
    }
}
