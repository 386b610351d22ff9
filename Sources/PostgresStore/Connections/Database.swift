internal import MVPAuth
internal import Synchronization

/// What the connections of a store share: how to open one, whether the schema is ready, and whom to tell of failures.
final class Database: Sendable {
    let options: PostgresOptions
    private let emails: EmailPolicy
    private let onFailure: @Sendable (String) -> Void

    private enum Phase {
        case unknown
        /// Some connection is at it.
        case migrating
        case ready
        case refused(PostgresStoreError)
    }

    private let phase = Mutex(Phase.unknown)
    private let lastReport = Mutex((text: "", at: UInt64(0)))

    init(_ options: PostgresOptions, emails: EmailPolicy, onFailure: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.emails = emails
        self.onFailure = onFailure
    }

    /// Why the database can never be used by this program, once that is known.
    var refusal: PostgresStoreError? {
        phase.withLock { if case .refused(let error) = $0 { error } else { nil } }
    }

    /// What callers are told while there is no connection. Nothing was sent.
    var unavailable: AuthError {
        phase.withLock { phase in
            if case .ready = phase { return AuthError(.storageUnavailable) }
            return AuthError(.notReady, retryAfterMilliseconds: 500)
        }
    }

    /// Opens a connection. The first one brings the schema up to date.
    func connect(for purpose: String, until deadline: UInt64) throws -> Connection {
        do {
            let connection = try Connection(options, for: purpose, deadline: deadline)
            try connection.configure(options, deadline: deadline)
            try prepareSchema(with: connection)
            return connection
        } catch let error as SchemaBusy {
            throw error
        } catch {
            report("the database cannot be used: \(error)")
            throw error
        }
    }

    /// For the log: what went wrong, at most every ten seconds as long as it is the same.
    func report(_ text: String) {
        let now = SystemTime().uptime()
        let isNew = lastReport.withLock { last in
            guard !last.text.utf8.elementsEqual(text.utf8) || now > last.at + 10_000_000_000 else { return false }
            last = (text, now)
            return true
        }
        if isNew { onFailure(text) }
    }

    private func prepareSchema(with connection: Connection) throws {
        let isMine = try phase.withLock { phase throws in
            switch phase {
            case .ready: return false
            case .migrating: throw SchemaBusy()
            case .refused(let error): throw error
            case .unknown:
                phase = .migrating
                return true
            }
        }
        guard isMine else { return }
        do {
            try Schema.prepare(connection, emails: emails)
            if try connection.synchronousCommit(deadline: SystemTime().uptime() + options.nanoseconds) == "off" {
                report("synchronous_commit is off: a crash of the server may lose what was acknowledged")
            }
            phase.withLock { $0 = .ready }
        } catch let error as PostgresStoreError {
            phase.withLock { $0 = .refused(error) }
            throw error
        } catch {
            phase.withLock { $0 = .unknown }
            throw error
        }
    }
}

/// Another connection of this process is bringing the schema up to date.
struct SchemaBusy: Error {}

extension Connection {
    /// Settings of the server's session. Behind a pooling proxy there is no session that could keep them.
    fileprivate func configure(_ options: PostgresOptions, deadline: UInt64) throws {
        guard options.preparesStatements else { return }
        try execute(
            """
            SET statement_timeout = \(options.statementMilliseconds);
            SET idle_in_transaction_session_timeout = \(options.timeoutMilliseconds);
            SET default_transaction_isolation = 'read committed'
            """, deadline: deadline)
    }
}
