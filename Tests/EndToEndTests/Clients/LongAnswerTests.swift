import AuthAPI
import MVPAuth
import MVPAuthClient
import Testing

/// What a client is told at length by the real daemon.
@Suite("Long answers")
struct LongAnswerTests {
    @Test("Trap 5: a hundred sessions with long names of devices are listed whole", .timeLimit(.minutes(2)))
    func sessions() async throws {
        let daemon = try await Daemon(["AUTH_MAX_SESSIONS_PER_USER": "200", "AUTH_THROTTLE": "false"])
        let client = daemon.client()
        let password = Secret("correct horse battery")
        _ = try await client.register(email: "ada@example.org", password: password, ipAddress: "192.0.2.1")
        var token = Secret("")
        var expected: Set<String> = []
        for index in 100..<200 {
            let device = "\(index) " + String(repeating: "é", count: 254)
            #expect(device.utf8.count == 512)
            expected.insert(device)
            token = try await client.login(
                email: "ada@example.org", password: password, deviceInfo: device, ipAddress: "192.0.2.7"
            ).accessToken
        }
        let sessions = try await client.sessions(.accessToken(token))
        #expect(Set(sessions.compactMap(\.deviceInfo)) == expected && sessions.count == 100)
        await client.close()
        #expect(await daemon.stop() == 0)
    }

    @Test("a device that is remembered gets a token, which the next login from it takes")
    func device() async throws {
        let daemon = try await Daemon()
        let client = daemon.client()
        let password = Secret("correct horse battery")
        _ = try await client.register(email: "ada@example.org", password: password)
        let plain = try await client.login(email: "ada@example.org", password: password)
        #expect(plain.deviceToken == nil)
        let first = try await client.login(email: "ada@example.org", password: password, rememberDevice: true)
        let token = try #require(first.deviceToken)
        let second = try await client.login(
            email: "ada@example.org", password: password, rememberDevice: true, deviceToken: token)
        #expect(second.deviceToken != nil)
        await client.close()
        #expect(await daemon.stop() == 0)
    }
}
