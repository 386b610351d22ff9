import AuthTesting
import MVPAuth
import StoreConformance
import Testing

/// What memory says after a change is what a process that starts then reads from the store.
@Suite("Memory after changes")
struct ChangeFeedTests {
    @Test("of two who switch an account at once, the one who committed last counts")
    func racingActivity() async throws {
        let world = try await World()
        let user = try await world.register()
        for _ in 0..<300 {
            await withTaskGroup(of: Void.self) { group in
                for active in [false, true] {
                    group.addTask { _ = try? await world.system.users.setActive(active, user: user.id) }
                }
            }
            let isActive = try await world.store.user(user.id)?.isActive
            world.clock.advance(1)
            let token = try world.foreignToken(.access, of: user)
            #expect(await world.verifyCode(token) == (isActive == true ? nil : .userInactive))
        }
    }

    @Test("every change is heard by those who read an account before it", arguments: 0..<6)
    func cachedUser(kind: Int) async throws {
        let world = try await World()
        let user = try await world.register()
        let users = world.system.users
        _ = try await users.currentUser(user.id)
        #expect(try users.cachedUser(user.id) != nil)
        switch kind {
        case 0: _ = try await users.verifyEmail(token: world.mails.token(.verification))
        case 1:
            try await world.system.passwords.changePassword(
                of: user.id, current: world.password, new: Secret("another long phrase"))
        case 2:
            try await world.system.passwords.forgotPassword(email: user.email)
            try await world.system.passwords.resetPassword(
                token: world.mails.token(.passwordReset), newPassword: Secret("another long phrase"))
        case 3: _ = try await world.system.auth.logoutAll(user.id)
        case 4: try await users.setActive(false, user: user.id)
        default: try await users.delete(user.id)
        }
        #expect(try users.cachedUser(user.id) == nil)
    }

    @Test("a logout ends the other access tokens of its session too")
    func otherTokensOfTheSession() async throws {
        let world = try await World()
        try await world.register()
        let first = try await world.login()
        let second = try await world.system.auth.refresh(first.refreshToken)
        try await world.system.auth.logout(try await world.system.tokens.verify(second.accessToken.reveal()))
        #expect(await world.verifyCode(first.accessToken) == .tokenRevoked)
        #expect(await world.verifyCode(second.accessToken) == .tokenRevoked)
    }
}
