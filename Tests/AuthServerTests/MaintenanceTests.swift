import AuthCrypto
import AuthTesting
import InternationalDomains
import JSONRPC
import Logging
import MVPAuth
import MemoryStore
import Testing

@testable import AuthServer

@Suite("Maintenance")
struct MaintenanceTests {
    @Test("What was kept for those who repeat a call is forgotten, also of users who never call again")
    func keptAnswers() async throws {
        let time = ManualTime()
        let keys = try KeyRing(secret: "0123456789abcdef0123456789abcdef")
        let system = try await AuthSystem(
            store: MemoryStore(), hasher: HashingPool(Bcrypt(cost: 4)), signer: keys, domains: IDN2DomainEncoder())
        let server = ServerState(
            ServerConfiguration(system: system, access: AccessPolicy(daemon: 0)), store: "memory",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, time: time, sha256: { keys.sha256($0) },
            reload: { current throws(AuthError) in current }, stop: {})
        let key = ReplayCache.Key(uid: 1, app: "shop", roles: 1, method: ShortBytes("auth.login"), key: [1])
        _ = try await server.replays.outcome(of: key, params: "") { .result([]) }
        let maintenance = Task { await Maintenance(server: server, interval: .milliseconds(1)).run() }
        for _ in 0..<10 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(server.replays.count == 1, "its minute is not over")
        time.advance(milliseconds: 60_000)
        for _ in 0..<2000 where server.replays.count > 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(server.replays.count == 0)
        maintenance.cancel()
        await maintenance.value
    }
}
