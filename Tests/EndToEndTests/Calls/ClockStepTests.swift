import AuthAPI
import Foundation
import MVPAuth
import MVPAuthClient
import Testing

/// Daemons under a wall clock that is wrong, by libfaketime.
@Suite("A wrong clock", .serialized, .enabled(if: FakeTime.library != nil, "libfaketime is not installed"))
struct ClockStepTests {
    private let email = "ada@example.org"
    private let password = Secret("correct horse battery")

    @Test(
        "What was made under a clock ahead is good when the clock is right again; what was ended stays so",
        arguments: ["+3h", "+400d"])
    func ahead(_ step: String) async throws {
        let directory = try ScratchDirectory()
        let early = try await Daemon(FakeTime.settings(step), in: directory)
        let client = early.client()
        _ = try await client.register(email: email, password: password)
        let pair = try await client.login(email: email, password: password)
        let ended = try await client.login(email: email, password: password)
        try await client.logout(accessToken: ended.accessToken)
        await client.close()
        #expect(await early.stop() == 0)

        let daemon = try await Daemon(in: directory)
        let later = daemon.client()
        _ = try await later.verify(accessToken: pair.accessToken)
        #expect(try await later.currentUser(.accessToken(pair.accessToken)).email == email)
        await #expect(throws: AuthClientError.self) { _ = try await later.verify(accessToken: ended.accessToken) }
        await #expect(throws: AuthClientError.self) {
            _ = try await later.call(Refresh(refreshToken: ended.refreshToken))
        }
        let next = try await later.call(Refresh(refreshToken: pair.refreshToken))
        _ = try await later.verify(accessToken: next.accessToken)
        _ = try await later.call(Refresh(refreshToken: next.refreshToken))
        await later.close()
        #expect(await daemon.stop() == 0)
    }
}
