import AuthCrypto
import AuthTesting
import InternationalDomains
import JSONRPC
import Logging
import MVPAuth
import StoreConformance
import Testing

@testable import AuthServer

@Suite("Maintenance")
struct MaintenanceTests {
    private let world: World
    private let server: ServerState

    init() async throws {
        let world = try await World()
        self.world = world
        server = ServerState(
            ServerConfiguration(system: world.system, access: AccessPolicy(daemon: 0)), store: "memory",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, time: world.clock,
            sha256: { world.keys.sha256($0) }, reload: { current throws(AuthError) in current }, stop: {})
    }

    @Test("What was kept for those who repeat a call is forgotten, also of users who never call again")
    func keptAnswers() async throws {
        let key = IdempotencyCache.Key(uid: 1, app: "shop", roles: 1, method: ShortBytes("auth.login"), key: [1])
        _ = try await server.idempotency.outcome(of: key, params: "") { .result([]) }
        let maintenance = Task { await Maintenance(server: server, interval: .milliseconds(1)).run() }
        for _ in 0..<10 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(server.idempotency.count == 1, "its minute is not over")
        world.clock.advance(milliseconds: 60_000)
        for _ in 0..<2000 where server.idempotency.count > 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(server.idempotency.count == 0)
        maintenance.cancel()
        await maintenance.value
    }

    /// A session that has just begun, and its refresh token.
    private func session() async throws -> (id: SessionID, refreshToken: Secret) {
        let pair = try await world.login()
        return (try #require(try world.keys.verify(pair.refreshToken.reveal()).sessionID), pair.refreshToken)
    }

    private static let year: Int64 = 365 * 86_400

    @Test(
        "A clock that was a year ahead, at the start or for a while, costs nobody a session", arguments: [true, false])
    func clockAhead(atStart: Bool) async throws {
        try await world.register()
        let (id, refreshToken) = try await session()
        if atStart { world.clock.setAhead(Self.year) }
        var clock = SteadyClock(wall: world.clock.now(), uptime: world.clock.uptime())
        let maintenance = Maintenance(server: server)
        if !atStart {
            world.clock.advance(milliseconds: 7_200_000)
            await maintenance.tidy(&clock)
            world.clock.setAhead(Self.year)
        }
        for _ in 0..<11 {
            world.clock.advance(milliseconds: 300_000)
            await maintenance.tidy(&clock)
        }
        world.clock.setBack(Self.year)
        for _ in 0..<13 {
            await maintenance.tidy(&clock)
            world.clock.advance(milliseconds: 300_000)
        }
        #expect(try await world.store.session(id) != nil)
        _ = try await world.system.auth.refresh(refreshToken)
    }

    @Test("Expired rows go by a clock that is steady, and at once when an administrator says so")
    func rows() async throws {
        try await world.register()
        let (id, _) = try await session()
        var clock = SteadyClock(wall: world.clock.now(), uptime: world.clock.uptime())
        let maintenance = Maintenance(server: server)
        await maintenance.tidy(&clock)
        world.clock.advance(milliseconds: 32 * 86_400_000)
        await maintenance.tidy(&clock)
        #expect(try await world.store.session(id) == nil)
        let (other, _) = try await session()
        world.clock.setAhead(Self.year)
        await maintenance.tidy(&clock)
        #expect(try await world.store.session(other) != nil)
        #expect(try await world.system.purge() == 4, "a session, and what was noted: an account and two logins")
        #expect(try await world.store.session(other) == nil)
    }
}
