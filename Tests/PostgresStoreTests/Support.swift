import AuthTesting
import InternationalDomains
import MVPAuth
import PostgresServer
import Synchronization

@testable import PostgresStore

extension PostgresServer {
    /// A store of its own on a database of this server.
    func store(
        in database: String, prepares: Bool = true, timeout: Int = 5000, role: String = "mvp", log: Log = Log()
    ) throws -> PostgresStore {
        let options = try PostgresOptions(
            url: url(of: database, as: role), preparesStatements: prepares, timeoutMilliseconds: timeout)
        return PostgresStore(options, domains: IDN2DomainEncoder()) { log.add($0) }
    }

    /// Waits until a query gives this, at most ten seconds.
    func waits(for sql: String, toGive expected: String, in database: String) async throws -> Bool {
        for _ in 0..<500 {
            if try query(sql, in: database) == expected { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}

/// What the store told of its failures.
final class Log: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}

/// Who follows a store, and what it was told.
final class Recorder: StoreFollower {
    private struct State {
        var synchronizations = 0
        var changes: [Change] = []
        var confirmed: UInt64 = 0
    }

    private let state = Mutex(State())

    func synchronize() async throws(AuthError) { state.withLock { $0.synchronizations += 1 } }
    func apply(_ change: Change) { state.withLock { $0.changes.append(change) } }
    func confirm(_ uptime: UInt64) { state.withLock { $0.confirmed = max($0.confirmed, uptime) } }

    var synchronizations: Int { state.withLock { $0.synchronizations } }
    var changes: [Change] { state.withLock { $0.changes } }
    var confirmed: UInt64 { state.withLock { $0.confirmed } }
}

/// Waits until something holds, at most ten seconds.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<1000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}

/// Why something was refused; nil when it was not.
func refusal<Value>(_ body: () async throws(AuthError) -> Value) async -> AuthError? {
    do throws(AuthError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

func rotation(of session: Session, generation: Int64) -> Rotation {
    let now = SystemTime().now()
    return Rotation(
        session: session.id, user: session.userID, presented: .generation(generation), keyHash: nil,
        successorHash: "hash-\(generation + 1)", deviceInfo: nil, ipAddress: nil, now: now, idleExpiry: now + 3600,
        accessExpiresAt: now + 900, leewaySeconds: 0, reuseEnds: .user)
}

extension PostgresStore {
    /// An account with one live session.
    func member(_ email: String) async throws -> (User, Session) {
        let user = account(email)
        try await create(user)
        let session = newSession(of: user)
        _ = try await begin(SessionStart(session: session, verified: user.passwordHash, rehashed: nil, limit: 100))
        return (user, session)
    }
}
