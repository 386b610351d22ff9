import AuthTesting
import AuthCrypto
import Foundation
import InternationalDomains
import MVPAuth
import Testing

@testable import SQLiteStore

/// Databases that earlier programs have left, in `Fixtures`: they open as they are, and everybody in them goes on.
@Suite("A database of an earlier program")
struct EarlierDatabaseTests {
    /// What is known of a fixture.
    struct Facts: Decodable {
        let key: String
        let password: String
        let madeAt: Int64
        let active: [String]
        let international: String
        let unverified: String
        let deactivated: String
        let device: String
        let live: Pair
        let liveSuccessor: Pair
        let used: Pair
        let revoked: Pair
        let blocked: Pair
        let ofDeactivated: Pair
    }

    struct Pair: Decodable {
        let accessToken: String
        let refreshToken: String
    }

    /// A minute after the fixture was made.
    private struct StandingTime: TimeSource {
        let instant: Timestamp
        func now() -> Timestamp { instant }
        func uptime() -> UInt64 { SystemTime().uptime() }
    }

    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    /// Opens a copy of a fixture.
    private func withFixture(_ name: String, _ body: (SQLiteStore, AuthSystem, Facts) async throws -> Void) async throws
    {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let facts = try decoder.decode(
            Facts.self, from: try Data(contentsOf: Self.fixtures.appending(path: name + ".json")))
        try await withDirectory { directory in
            for suffix in ["", "-wal"] {
                let file = Self.fixtures.appending(path: name + ".db" + suffix)
                guard FileManager.default.fileExists(atPath: file.path) else { continue }
                try FileManager.default.copyItem(atPath: file.path, toPath: directory + "/auth.db" + suffix)
            }
            let store = try SQLiteStore(path: directory + "/auth.db")
            let system = try await AuthSystem(
                store: store, hasher: HashingPool(Bcrypt(cost: 4)), signer: try KeyRing(secret: facts.key),
                domains: IDN2DomainEncoder(), time: StandingTime(instant: Timestamp(seconds: facts.madeAt + 60)))
            try await body(store, system, facts)
            await store.close()
        }
    }

    private func code(_ body: () async throws(AuthError) -> Void) async -> AuthError.Code? {
        do throws(AuthError) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }

    private func verification(_ token: String, _ system: AuthSystem) async -> AuthError.Code? {
        await code { () async throws(AuthError) in _ = try await system.tokens.verify(token) }
    }

    private func refresh(_ token: String, _ system: AuthSystem) async -> AuthError.Code? {
        await code { () async throws(AuthError) in _ = try await system.auth.refresh(Secret(token)) }
    }

    @Test("has its accounts, and they sign in", arguments: ["closed", "killed"])
    func accounts(name: String) async throws {
        try await withFixture(name) { _, system, facts in
            for email in facts.active + [facts.unverified, facts.international] {
                _ = try await system.auth.login(email: email, password: Secret(facts.password))
                let user = try await system.users.find(email: email)
                #expect(user.isActive && user.isVerified == (email != facts.unverified))
            }
            let spelled = try await system.users.find(email: facts.international)
            #expect(facts.active.contains { $0.utf8.elementsEqual(spelled.email.utf8) }, "as it was written")
            #expect(spelled.canonicalEmail == facts.international)
            #expect(
                await code { () async throws(AuthError) in
                    _ = try await system.auth.login(email: facts.deactivated, password: Secret(facts.password))
                } == .invalidCredentials)
            #expect(try await system.users.find(email: facts.deactivated).isActive == false)
        }
    }

    @Test(
        "has its sessions: live ones are refreshed, ended ones refused, a used token is reuse",
        arguments: ["closed", "killed"])
    func sessions(name: String) async throws {
        try await withFixture(name) { store, system, facts in
            for live in [facts.live, facts.liveSuccessor] {
                #expect(await verification(live.accessToken, system) == nil)
            }
            #expect(await verification(facts.blocked.accessToken, system) == .tokenRevoked)
            #expect(await verification(facts.revoked.accessToken, system) == .tokenRevoked)
            #expect(await verification(facts.ofDeactivated.accessToken, system) == .userInactive)
            let owner = try await system.tokens.verify(facts.liveSuccessor.accessToken).subject
            let session = try #require(try await system.sessions.list(of: owner).first)
            #expect(session.deviceInfo?.utf8.elementsEqual(facts.device.utf8) == true)
            #expect(session.ipAddress == "192.0.2.1")

            #expect(await refresh(facts.revoked.refreshToken, system) == .tokenRevoked)
            #expect(await refresh(facts.blocked.refreshToken, system) == .tokenRevoked)
            #expect(await refresh(facts.ofDeactivated.refreshToken, system) == .userInactive)
            let next = try await system.auth.refresh(Secret(facts.live.refreshToken))
            #expect(await refresh(next.refreshToken.reveal(), system) == nil)
            #expect(await refresh(facts.liveSuccessor.refreshToken, system) == nil)
            #expect(await refresh(facts.used.refreshToken, system) == .tokenReuse)
            #expect(await verification(facts.liveSuccessor.accessToken, system) == .tokenRevoked)
            #expect(try await store.liveSessions(of: owner, limit: 10, at: Timestamp(seconds: facts.madeAt)).isEmpty)
        }
    }

    @Test("has the schema that a new one gets, and its list of migrations", arguments: ["closed", "killed"])
    func schema(name: String) async throws {
        try await withFixture(name) { earlier, _, _ in
            try await withDirectory { directory in
                let new = try SQLiteStore(path: directory + "/auth.db")
                let lists = [
                    "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master ORDER BY type, name",
                    "SELECT identifier FROM grdb_migrations",
                ]
                for list in lists {
                    let of = { @Sendable (database: Connection) throws in try database.all(list) { try $0.text(0) } }
                    let (old, made) = (try await earlier.writer.run(of), try await new.writer.run(of))
                    #expect(old == made && !made.isEmpty)
                }
                await new.close()
            }
        }
    }
}
