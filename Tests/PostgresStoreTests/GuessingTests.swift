import AuthTesting
import MVPAuth
import PostgresServer
import Testing

@testable import PostgresStore

@Suite("Guessing passwords at daemons that share a database", .timeLimit(.minutes(5)))
struct GuessingTests {
    @Test(
        "10 000 guesses from as many networks get what one would get, and three more a daemon; the owner comes in throughout"
    )
    func manyNetworks() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.makeDatabase()
        let stores = try (0..<2).map { _ in try server.store(in: database) }
        let attack = try await Attack(on: stores)
        let device = try await attack.owner()
        var looks = 0
        for part in 0..<4 {
            looks += await attack.flood(part * 2500..<(part + 1) * 2500)
            #expect(await attack.attempt(attack.password, from: attack.home, on: part) == nil, "from home")
            #expect(await attack.attempt(attack.password, device: device, on: part) == nil, "with the device")
        }
        #expect(looks >= 5 && looks <= 5 + 3 * 2, "\(looks)")
        let answers = [
            await attack.attempt(attack.password, from: "198.51.100.1", on: 0),
            await attack.attempt(attack.password, from: "198.51.100.1", on: 1),
        ]
        #expect(answers[0] == answers[1] && answers[0]?.code == .rateLimited)
        for store in stores { await store.close() }
    }

    @Test("a login without failures before it is one read and one write")
    func cost() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.makeDatabase()
        let store = try server.store(in: database)
        let attack = try await Attack(on: [store])
        let device = try await attack.owner()
        for _ in 0..<100 {
            #expect(await attack.attempt(attack.password, from: attack.home, device: device) == nil)
            attack.clock.advance(3)
        }
        #expect(try server.query("SELECT count(*) FROM auth_throttles", in: database) == "0")
        await store.close()
    }
}
