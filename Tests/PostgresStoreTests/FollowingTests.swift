import AuthCrypto
import Foundation
import InternationalDomains
import MVPAuth
import PostgresServer
import Testing

@testable import PostgresStore

@Suite("Changes of a shared store")
struct FollowingTests {
    private let server: PostgresServer
    private let database: String

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.makeDatabase()
    }

    /// Runs a body while a recorder follows a store of its own.
    private func following(
        prepares: Bool = true, _ body: (PostgresStore, Recorder) async throws -> Void
    ) async throws {
        let (writer, follower) = (
            try server.store(in: database), try server.store(in: database, prepares: prepares)
        )
        let recorder = Recorder()
        let task = Task { try await follower.follow(recorder) }
        let isConfirmed = try await eventually { recorder.confirmed > 0 }
        #expect(isConfirmed)
        try await body(writer, recorder)
        task.cancel()
        _ = await task.result
        await writer.close()
        await follower.close()
    }

    private func heard(_ change: Change, by recorder: Recorder) async throws {
        let isHeard = try await eventually { recorder.changes.contains(change) }
        #expect(isHeard, "\(change) in \(recorder.changes)")
    }

    @Test("by another daemon are heard of")
    func daemons() async throws {
        try await following { store, recorder in
            let (user, session) = try await store.member("ada@example.org")
            let ended = EndedSession(id: session.id, accessExpiresAt: session.accessExpiresAt)
            _ = try await store.revoke(session.id, of: user.id, at: SystemTime().now())
            try await heard(.sessionEnded(ended), by: recorder)
            let token = BlockedToken(tokenID: "a b", kind: .access, expiresAt: session.accessExpiresAt)
            _ = try await store.logout(blocking: token, ending: nil, of: user.id, at: SystemTime().now())
            try await heard(.tokenBlocked(token), by: recorder)
            let now = SystemTime().now()
            _ = try await store.setActive(false, user: user.id, at: now)
            try await heard(.userChanged(user.id, isActive: false, revokedBefore: now), by: recorder)
            let until = SystemTime().now() + 900
            _ = try await store.delete(user.id, tombstoneUntil: until)
            try await heard(.userDeleted(user.id, until: until), by: recorder)
        }
    }

    @Test("by an operator's SQL, or a program that knows none of our columns, are heard of")
    func foreignWriters() async throws {
        try await following { store, recorder in
            let (user, session) = try await store.member("ada@example.org")
            let ended = EndedSession(id: session.id, accessExpiresAt: session.accessExpiresAt)
            try server.query("UPDATE auth_sessions SET is_revoked = true WHERE id = '\(session.id)'", in: database)
            try await heard(.sessionEnded(ended), by: recorder)
            #expect(try await store.session(session.id)?.revokedAt != nil)
            #expect(try await store.revocations(at: SystemTime().now()).sessions == [ended])

            let (_, second) = try await store.member("bob@example.org")
            try server.query("DELETE FROM auth_sessions WHERE id = '\(second.id)'", in: database)
            let gone = EndedSession(id: second.id, accessExpiresAt: second.accessExpiresAt)
            try await heard(.sessionEnded(gone), by: recorder)
            #expect(try await store.revocations(at: SystemTime().now()).sessions.contains(gone), "after a restart too")

            try server.query("UPDATE auth_users SET is_active = false WHERE id = '\(user.id)'", in: database)
            try await heard(.userChanged(user.id, isActive: false, revokedBefore: nil), by: recorder)
            try server.query(
                "INSERT INTO auth_blocked_tokens (id, jti, token_type, expires_at) "
                    + "VALUES (gen_random_uuid(), 'theirs', 'access', '2099-01-01Z')", in: database)
            try await heard(
                .tokenBlocked(
                    BlockedToken(
                        tokenID: "theirs", kind: .access, expiresAt: try #require(Timestamp("2099-01-01T00:00:00Z")))),
                by: recorder)
            try server.query("DELETE FROM auth_users WHERE id = '\(user.id)'", in: database)
            let isHeard = try await eventually {
                recorder.changes.contains { if case .userDeleted(user.id, _) = $0 { true } else { false } }
            }
            #expect(isHeard)
            #expect(try await store.revocations(at: SystemTime().now()).deletedUsers.map(\.id) == [user.id])
        }
    }

    @Test("are read again after the listening connection was cut")
    func reconnects() async throws {
        try await following { store, recorder in
            let before = recorder.synchronizations
            let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = "
            #expect(try server.query("\(kill) 'mvp-auth listen' AND datname = '\(database)'") == "1")
            let isBack = try await eventually { recorder.synchronizations > before }
            #expect(isBack)
            let then = SystemTime().uptime()
            let isConfirmed = try await eventually { recorder.confirmed > then }
            #expect(isConfirmed)
            let (_, session) = try await store.member("ada@example.org")
            _ = try await store.revoke(session.id, of: session.userID, at: SystemTime().now())
            try await heard(
                .sessionEnded(EndedSession(id: session.id, accessExpiresAt: session.accessExpiresAt)), by: recorder)
        }
    }

    @Test("are polled for where nothing can be listened to")
    func polls() async throws {
        try await following(prepares: false) { _, recorder in
            let before = recorder.synchronizations
            let hasPolled = try await eventually { recorder.synchronizations > before + 2 }
            #expect(hasPolled && recorder.changes.isEmpty)
        }
    }

    @Test("are not confirmed while notifications do not arrive")
    func mute() async throws {
        // What a proxy does that accepts LISTEN and delivers nothing.
        let store = try server.store(in: database)
        try await store.ping()
        let recorder = Recorder()
        try server.query("REVOKE EXECUTE ON FUNCTION pg_notify(text, text) FROM PUBLIC", in: database)
        let role = "deaf_\(database)"
        try server.query("CREATE ROLE \(role) LOGIN")
        try server.query(
            "GRANT SELECT, UPDATE, INSERT, DELETE ON ALL TABLES IN SCHEMA public TO \(role)", in: database)
        let follower = try server.store(in: database, role: role)
        let task = Task { try await follower.follow(recorder) }
        let isSynchronized = try await eventually { recorder.synchronizations > 0 }
        try await Task.sleep(for: .milliseconds(700))
        #expect(isSynchronized && recorder.confirmed == 0)
        task.cancel()
        _ = await task.result
        await follower.close()
        await store.close()
    }
}

/// Two systems, as of two daemons, on one database.
@Suite("Two systems on one database")
struct TwoSystemsTests {
    private func system(on store: PostgresStore) async throws -> AuthSystem {
        try await AuthSystem(
            store: store, hasher: HashingPool(Bcrypt(cost: 4)),
            signer: try KeyRing(secret: "0123456789abcdef0123456789abcdef"), domains: IDN2DomainEncoder())
    }

    @Test("one that does not follow asks the database, and refuses when that is away")
    func readsThrough() async throws {
        let server = try PostgresServer()
        let database = try server.makeDatabase()
        let stores = [try server.store(in: database), try server.store(in: database)]
        let (one, two) = (try await system(on: stores[0]), try await system(on: stores[1]))
        try await one.users.register(email: "ada@example.org", password: Secret("correct horse battery"))
        let pair = try await one.auth.login(email: "ada@example.org", password: Secret("correct horse battery"))
        let token = pair.accessToken.reveal()
        let claims = try await two.tokens.verify(token)
        #expect(try two.tokens.verifyFromMemory(token) == nil, "memory alone does not know")
        try await one.auth.logout(claims)
        #expect(
            await refusal { () async throws(AuthError) in try await two.tokens.verify(token) }?.code == .tokenRevoked)
        let second = try await one.auth.login(email: "ada@example.org", password: Secret("correct horse battery"))
        server.crash()
        let error = await refusal { () async throws(AuthError) in
            try await two.tokens.verify(second.accessToken.reveal())
        }
        #expect(error?.code == .storageUnavailable)
        for store in stores { await store.close() }
        server.stop()
    }

    @Test("what one revokes is dead on the other, and stays dead while its listener hangs")
    func bound() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.makeDatabase()
        let stores = [try server.store(in: database), try server.store(in: database)]
        let (one, two) = (try await system(on: stores[0]), try await system(on: stores[1]))
        let following = Task { try await two.follow() }
        try await one.users.register(email: "ada@example.org", password: Secret("correct horse battery"))
        func login() async throws -> String {
            try await one.auth.login(email: "ada@example.org", password: Secret("correct horse battery"))
                .accessToken.reveal()
        }
        let first = try await login()
        let isInMemory = try await eventually { try two.tokens.verifyFromMemory(first) != nil }
        #expect(isInMemory)
        try await one.auth.logout(try await one.tokens.verify(first))
        let isDead = try await eventually {
            await refusal { () async throws(AuthError) in try await two.tokens.verify(first) }?.code == .tokenRevoked
        }
        #expect(isDead)

        let second = try await login()
        let pid = try server.query(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'mvp-auth listen' AND datname = '\(database)'")
        let backend = try #require(pid_t(pid))
        kill(backend, SIGSTOP)
        try await one.auth.logout(try await one.tokens.verify(second))
        let revoked = Date()
        var latestUse = 0.0
        while Date().timeIntervalSince(revoked) < 3 {
            let now = Date().timeIntervalSince(revoked)
            if (try? await two.tokens.verify(second)) != nil { latestUse = now }
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(latestUse <= 1, "a revoked token was accepted \(latestUse) s later")
        kill(backend, SIGCONT)
        following.cancel()
        _ = await following.result
        for store in stores { await store.close() }
    }
}
