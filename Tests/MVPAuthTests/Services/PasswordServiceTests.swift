import AuthTesting
import Testing

@testable import MVPAuth

@Suite("Setting another password")
struct PasswordServiceTests {
    private let other = Secret("a different long phrase")

    private func change(
        _ attack: Attack, from current: String, to new: String = "a different long phrase"
    ) async throws -> AuthError.Code? {
        let user = try await attack.systems[0].users.find(email: attack.email)
        do throws(AuthError) {
            try await attack.systems[0].passwords.changePassword(
                of: user.id, current: Secret(current), new: Secret(new))
            return nil
        } catch {
            return error.code
        }
    }

    @Test("is held to the policy, by a change and by a reset; a token that was refused for it is not used up")
    func policy() async throws {
        let world = try await World()
        let user = try await world.register()
        let changed = await world.code { () async throws(AuthError) in
            try await world.system.passwords.changePassword(of: user.id, current: world.password, new: Secret("short"))
        }
        #expect(changed == .passwordValidation)
        try await world.system.passwords.forgotPassword(email: user.email)
        let token = try await world.mails.token(.passwordReset)
        for (new, code) in [(Secret("short"), .passwordValidation), (other, nil)] as [(Secret, AuthError.Code?)] {
            let reset = await world.code { () async throws(AuthError) in
                try await world.system.passwords.resetPassword(token: token, newPassword: new)
            }
            #expect(reset == code)
        }
    }

    @Test("is refused to an inactive account before its password is looked at")
    func inactive() async throws {
        let attack = try await Attack()
        _ = try await attack.owner()
        let user = try await attack.systems[0].users.find(email: attack.email)
        try await attack.systems[0].users.setActive(false, user: user.id)
        let looks = attack.hasher.count
        #expect(try await change(attack, from: "wrong") == .userInactive && attack.hasher.count == looks)
    }

    @Test("with a current one that no account can have costs no look at it")
    func implausible() async throws {
        let attack = try await Attack()
        _ = try await attack.owner()
        let looks = attack.hasher.count
        for current in ["", "a\u{0}b", String(repeating: "x", count: 1025)] {
            #expect(try await change(attack, from: current) == .invalidCredentials)
        }
        #expect(attack.hasher.count == looks)
        #expect(try await change(attack, from: String(repeating: "x", count: 1024)) == .invalidCredentials)
        #expect(attack.hasher.count == looks + 1)
    }

    @Test("counts no attempt whose current password was not looked at")
    func givenBack() async throws {
        let attack = try await Attack()
        _ = try await attack.owner()
        attack.hasher.fail(with: AuthError(.overloaded))
        for _ in 0..<30 { #expect(try await change(attack, from: "wrong") == .overloaded) }
        attack.hasher.fail(with: nil)
        #expect(try await change(attack, from: "wrong") == .invalidCredentials)
    }

    @Test("is not slowed down where guessing is not")
    func disabled() async throws {
        let attack = try await Attack { $0.throttle.isEnabled = false }
        _ = try await attack.owner()
        for number in 0..<30 { #expect(try await change(attack, from: "wrong \(number)") == .invalidCredentials) }
    }

    @Test("is closed after 20 failures until they are forgotten, a day after the last")
    func closed() async throws {
        let attack = try await Attack()
        _ = try await attack.owner()
        for number in 0..<25 {
            _ = try await change(attack, from: "wrong \(number)")
            attack.clock.advance(900)
        }
        #expect(try await change(attack, from: attack.password.reveal()) == .rateLimited)
        attack.clock.advance(3 * 86_400)
        try await attack.systems[0].purge()
        #expect(try await change(attack, from: attack.password.reveal()) == nil)
    }
}
