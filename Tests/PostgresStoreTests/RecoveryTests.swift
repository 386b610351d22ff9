import AuthTesting
import Foundation
import InternationalDomains
import MVPAuth
import PostgresServer
import Synchronization
import Testing

@testable import PostgresStore

/// Each with a server of its own, which is made to suffer.
@Suite("A database that goes away")
struct RecoveryTests {
    @Test("and is not there at the start is waited for")
    func absentAtStart() async throws {
        let server = try PostgresServer()
        let database = try server.makeDatabase()
        server.crash()
        let store = try server.store(in: database)
        #expect(await refusal(store.ping)?.code == .notReady)
        #expect(
            await refusal { () async throws(AuthError) in try await store.create(account("a@example.org")) }?.code
                == .notReady)
        try server.start()
        let isReady = try await eventually { await refusal(store.ping) == nil }
        #expect(isReady)
        await store.close()
        server.stop()
    }

    @Test("loses nothing that was acknowledged, and comes back by itself", arguments: 0..<3)
    func crash(round: Int) async throws {
        let server = try PostgresServer()
        let database = try server.makeDatabase()
        let store = try server.store(in: database)
        let sessions = try await store.sessions(of: 16)
        let ledger = Ledger()
        let load = Task { await ledger.rotate(sessions, in: store) }
        for _ in 0..<4 {
            try await Task.sleep(for: .milliseconds(150))
            server.crash()
            try await Task.sleep(for: .milliseconds(60))
            try server.start()
            let isReady = try await eventually { await refusal(store.ping) == nil }
            #expect(isReady)
        }
        ledger.stop()
        await load.value
        try await ledger.check(sessions, in: store)
        #expect(ledger.count > 100)
        let connections = try server.query(
            "SELECT count(*) <= 4 FROM pg_stat_activity WHERE datname = '\(database)' AND backend_type = 'client backend'"
        )
        #expect(connections == "t", "connections leak")
        await store.close()
        server.stop()
    }

    @Test("is asked for again within half a second, and one that refuses every five")
    func pauses() {
        func milliseconds(_ error: any Error) -> [UInt64] {
            (0..<6).map { Backoff.nanoseconds(after: $0, error) / 1_000_000 }
        }
        #expect(milliseconds(ConnectionFailure.timeout) == [50, 100, 200, 400, 500, 500])
        #expect(milliseconds(SchemaBusy()) == [50, 100, 200, 400, 500, 500])
        #expect(milliseconds(ConnectionFailure("no such role", isRefusal: true)) == Array(repeating: 5000, count: 6))
    }

    @Test("by one connection, while nobody uses it, is noticed by nobody")
    func killedBackends() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.makeDatabase()
        let store = try server.store(in: database)
        let (user, session) = try await store.member("ada@example.org")
        for generation in 0..<10 {
            try await server.disconnectEverybody(from: database)
            #expect(try await store.rotate(rotation(of: session, generation: Int64(generation))).isRotated)
            #expect(try await store.user(user.id)?.id == user.id)
        }
        await store.close()
    }

    @Test("by one connection that has said so and still stands, is noticed by nobody")
    func lastWords() async throws {
        try await withDirectory { directory in
            let server = try PostgresServer.shared.get()
            let database = try server.makeDatabase()
            let proxy = try LingeringProxy(before: server, in: directory)
            let store = PostgresStore(
                try PostgresOptions(url: proxy.url(of: database)), domains: IDN2DomainEncoder())
            let (user, session) = try await store.member("ada@example.org")
            for generation in 0..<3 {
                #expect(proxy.connections > 0)
                try await server.disconnectEverybody(from: database)
                #expect(try await eventually { proxy.connections == 0 })
                #expect(try await store.rotate(rotation(of: session, generation: Int64(generation))).isRotated)
                #expect(try await store.user(user.id)?.id == user.id)
                #expect(try await store.setActive(true, user: user.id, at: SystemTime().now()) != nil)
            }
            await store.close()
            proxy.close()
        }
    }

    @Test("is followed to the host that writes", arguments: [true, false])
    func failover(isDead: Bool) async throws {
        let (first, second) = (try PostgresServer(), try PostgresServer())
        // What an old primary is after a failover: gone, or there and read-only.
        if isDead {
            first.crash()
        } else {
            try first.query("ALTER DATABASE postgres SET default_transaction_read_only = on")
        }
        let options = try PostgresOptions(
            url: "postgresql://mvp@/postgres?host=\(first.directory),\(second.directory)")
        let store = PostgresStore(options, domains: IDN2DomainEncoder())
        _ = try await store.member("ada@example.org")
        #expect(try second.query("SELECT count(*) FROM auth_users") == "1")
        await store.close()
        first.stop()
        second.stop()
    }

    @Test("for good is replaced by its standby, with everything that was acknowledged")
    func promotion() async throws {
        let primary = try PostgresServer()
        let standby = try PostgresServer(standbyOf: primary)
        try primary.query("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try primary.query("SELECT pg_reload_conf()")
        let options = try PostgresOptions(
            url: "postgresql://mvp@/postgres?host=\(primary.directory),\(standby.directory)")
        let store = PostgresStore(options, domains: IDN2DomainEncoder())
        let sessions = try await store.sessions(of: 8)
        let ledger = Ledger()
        let load = Task { await ledger.rotate(sessions, in: store) }
        try await Task.sleep(for: .milliseconds(200))
        let before = ledger.count
        primary.crash()
        // Nobody writes yet: that is said, and nothing is taken from the standby as if it did.
        #expect(await refusal(store.ping) != nil)
        try standby.query("SELECT pg_promote()")
        let goesOn = try await eventually { ledger.count > before + 100 }
        #expect(goesOn)
        ledger.stop()
        await load.value
        try await ledger.check(sessions, in: store)
        #expect(before > 0)
        await store.close()
        standby.stop()
        primary.stop()
    }

    @Test("behind a host that accepts and says nothing is not waited for until all time is gone")
    func silentHost() async throws {
        let server = try PostgresServer.shared.get()
        let silent = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(silent) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            _ = bind(silent, pointer!, length)
            _ = getsockname(silent, pointer!, &length)
        }
        listen(silent, 8)
        let port = UInt16(bigEndian: address.sin_port)
        let options = try PostgresOptions(
            url: "postgresql://mvp@/\(try server.makeDatabase())?host=127.0.0.1,\(server.directory)&port=\(port),5432",
            timeoutMilliseconds: 4000)
        let store = PostgresStore(options, domains: IDN2DomainEncoder())
        #expect(await refusal(store.ping) == nil, "there is time for the next host")
        await store.close()
    }

    @Test("without a word keeps nobody longer than the limit", .timeLimit(.minutes(1)))
    func blackhole() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.makeDatabase()
        let store = try server.store(in: database, timeout: 600)
        let (user, session) = try await store.member("ada@example.org")
        // The statement is prepared: what is sent from now on is the operation itself.
        let other = newSession(of: user)
        _ = await refusal { () async throws(AuthError) in
            try await store.rotate(rotation(of: other, generation: 0))
        }
        let backends = try server.query(
            "SELECT pid FROM pg_stat_activity WHERE datname = '\(database)' AND backend_type = 'client backend'"
        ).split(separator: "\n").compactMap { pid_t($0) }
        for backend in backends { kill(backend, SIGSTOP) }
        let write = await refusal { () async throws(AuthError) in
            try await store.rotate(rotation(of: session, generation: 0))
        }
        #expect(write == AuthError(.storageUnavailable, executed: true), "it had been sent: its fate is not known")
        for backend in backends { kill(backend, SIGCONT) }
        let isBack = try await eventually {
            await refusal { () async throws(AuthError) in try await store.user(user.id) } == nil
        }
        #expect(isBack)
        let stored = try #require(try await store.session(session.id))
        #expect(stored.generation <= 1 && !stored.isRevoked)
        await store.close()
    }

    @Test("and becomes read-only is left for one that writes")
    func readOnly() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.makeDatabase()
        let store = try server.store(in: database)
        let (user, _) = try await store.member("ada@example.org")
        func deactivate() async -> AuthError? {
            await refusal { () async throws(AuthError) in
                _ = try await store.setActive(false, user: user.id, at: SystemTime().now())
            }
        }
        try server.query("ALTER DATABASE \(database) SET default_transaction_read_only = on")
        try await server.disconnectEverybody(from: database)
        #expect(await deactivate() == AuthError(.storageUnavailable), "no server that writes: nothing was sent")
        try server.query("ALTER DATABASE \(database) SET default_transaction_read_only = off")
        let isBack = try await eventually { await deactivate() == nil }
        #expect(isBack)
        await store.close()
    }
}

extension PostgresServer {
    /// Kills every connection to a database, and waits until they are gone.
    fileprivate func disconnectEverybody(from database: String) async throws {
        try query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database)'")
        let areGone = try await waits(
            for: "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database)'", toGive: "0", in: "postgres")
        #expect(areGone)
    }
}

extension PostgresStore {
    /// A session each of as many users.
    fileprivate func sessions(of count: Int) async throws -> [Session] {
        var sessions: [Session] = []
        for index in 0..<count { sessions.append(try await member("user\(index)@example.org").1) }
        return sessions
    }
}

/// What clients were told of their rotations.
final class Ledger: Sendable {
    private struct State {
        /// Per session: the generation that was acknowledged, and the latest that may have been reached.
        var bounds: [SessionID: (Int64, Int64)] = [:]
        var count = 0
        var isStopped = false
        var undeclared: [String] = []
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }
    private func bounds(of session: SessionID) -> (Int64, Int64) { state.withLock { $0.bounds[session] ?? (0, 0) } }
    func stop() { state.withLock { $0.isStopped = true } }

    /// What was acknowledged is there, whole, and nobody was told what is not declared.
    func check(_ sessions: [Session], in store: PostgresStore) async throws {
        for session in sessions {
            let stored = try #require(try await store.session(session.id))
            let (least, most) = bounds(of: session.id)
            #expect((least...most).contains(stored.generation), "\(stored.generation) is not in \(least)...\(most)")
            #expect(stored.refreshTokenHash == "hash-\(stored.generation)", "half a rotation")
            #expect(!stored.isRevoked)
        }
        let undeclared = state.withLock { $0.undeclared }
        #expect(undeclared.isEmpty, "\(undeclared)")
    }

    /// An honest client for each session, until `stop`.
    func rotate(_ sessions: [Session], in store: PostgresStore) async {
        await withTaskGroup(of: Void.self) { group in
            for session in sessions { group.addTask { await self.rotate(session, in: store) } }
        }
    }

    /// An honest client: exchanges the newest token that it holds, and asks what became of a doubtful exchange.
    private func rotate(_ session: Session, in store: PostgresStore) async {
        var generation: Int64 = 0
        while !state.withLock({ $0.isStopped }) {
            do throws(AuthError) {
                guard try await store.rotate(rotation(of: session, generation: generation)).isRotated else {
                    return state.withLock { $0.undeclared.append("an honest client was refused") }
                }
                generation += 1
                state.withLock {
                    $0.bounds[session.id] = (generation, generation)
                    $0.count += 1
                }
            } catch {
                guard error.code == .storageUnavailable || error.code == .notReady else {
                    return state.withLock { $0.undeclared.append("\(error)") }
                }
                if error.executed {
                    state.withLock { $0.bounds[session.id] = (generation, generation + 1) }
                    generation = await settled(session.id, in: store) ?? generation
                }
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    private func settled(_ session: SessionID, in store: PostgresStore) async -> Int64? {
        for _ in 0..<1000 {
            if let stored = try? await store.session(session) {
                let (least, most) = bounds(of: session)
                if !(least...most).contains(stored.generation) {
                    state.withLock { $0.undeclared.append("generation \(stored.generation), not \(least) or \(most)") }
                }
                state.withLock { $0.bounds[session] = (stored.generation, stored.generation) }
                return stored.generation
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }
}
