import AuthTesting
import Testing

@testable import MVPAuth

@Suite("What operators see of guessing")
struct ThrottleViewTests {
    private func details(_ attack: Attack) async throws -> AccountDetails {
        try await attack.systems[0].administration.account(addressed: attack.email)
    }

    private func throttled(_ attack: Attack, limit: Int = 100) async throws -> [String] {
        var seen: [String] = []
        var cursor: String?
        repeat {
            let page = try await attack.systems[0].administration.accounts(
                AccountFilter(isThrottled: true),
                PageRequest(PagedList("test", filters: ["throttled"]), after: cursor, limit: limit))
            seen += page.elements.map(\.user.email)
            cursor = page.next
        } while cursor != nil
        return seen
    }

    @Test("failures of strangers, of a known network and of changes of the password are told apart, with what follows")
    func classes() async throws {
        let attack = try await Attack { $0.throttle.sourceBurst = 1000 }
        _ = try await attack.owner()
        #expect(try await details(attack).throttles == [])
        for number in 0..<6 {
            #expect(await attack.attempt(Secret("wrong \(number)"), from: "198.51.100.\(number)") != nil)
            attack.clock.advance(2)
        }
        let user = try await details(attack).summary.user
        for number in 0..<3 {
            _ = await attack.attempt(Secret("mistyped \(number)"), from: attack.home)
            try? await attack.systems[0].passwords.changePassword(
                of: user.id, current: Secret("forgotten \(number)"), new: Secret("another horse battery"))
        }
        _ = await attack.attempt(Secret("wrong again"), from: "198.51.100.7")
        let now = attack.clock.now()
        let throttles = try await details(attack).throttles
        let strangers = try #require(throttles.first { $0.kind == .strangers })
        #expect(strangers.failures == 7 && strangers.level == 7 && !strangers.isClosed)
        #expect(strangers.until.map { $0 > now } == true)
        let network = try #require(throttles.first { $0.kind == .knownNetwork })
        #expect(network.failures > 0 && network.failures <= 3 && network.until == nil && !network.isClosed)
        let change = try #require(throttles.first { $0.kind == .passwordChange })
        #expect(change.failures == 3 && change.until == nil)
        #expect(throttles.count == 3)
        attack.clock.advance(7200)
        let later = try #require(try await details(attack).throttles.first { $0.kind == .strangers })
        #expect(later.failures == strangers.failures && later.level == strangers.level - 2 && later.until == nil)
        try await attack.systems[0].administration.unblock(user.id)
        #expect(try await details(attack).throttles.allSatisfy { $0.kind == .knownNetwork })
    }

    @Test("an account is listed as throttled while strangers are turned away, and no other is", arguments: [1, 100])
    func list(limit: Int) async throws {
        let attack = try await Attack { $0.throttle.sourceBurst = 1000 }
        _ = try await attack.owner()
        for index in 0..<30 {
            try await attack.systems[0].users.register(email: "user\(index)@example.org", password: attack.password)
        }
        #expect(try await throttled(attack, limit: limit) == [])
        for number in 0..<5 {
            for email in [attack.email, "user7@example.org", "nobody@example.org"] {
                _ = await attack.attempt(Secret("wrong \(number)"), at: email, from: "198.51.100.\(number)")
            }
        }
        #expect(try await Set(throttled(attack, limit: limit)) == [attack.email, "user7@example.org"])
        attack.clock.advance(60)
        #expect(try await throttled(attack, limit: limit) == [], "they may try again")
    }

    @Test("an account that is closed to strangers is told and listed as such")
    func closed() async throws {
        let attack = try await Attack {
            ($0.throttle.sourceBurst, $0.throttle.closingFailures) = (1000, 6)
        }
        _ = try await attack.owner()
        for number in 0..<10 {
            _ = await attack.attempt(Secret("wrong \(number)"), from: "198.51.100.\(number)")
            attack.clock.advance(60)
        }
        let strangers = try #require(try await details(attack).throttles.first { $0.kind == .strangers })
        #expect(strangers.isClosed && strangers.until == nil && strangers.failures == 6)
        attack.clock.advance(86_400)
        #expect(try await throttled(attack) == [attack.email])
        #expect(await attack.attempt(attack.password, from: attack.home) == nil)
        #expect(try await throttled(attack) == [])
    }
}
