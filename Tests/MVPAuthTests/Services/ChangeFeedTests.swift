import AuthTesting
import StoreConformance
import Synchronization
import Testing

@testable import MVPAuth

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

    @Test("what a login beyond the limit ends is dead at once, and so is what a reuse ends, which the log is told of")
    func endedInPassing() async throws {
        let world = try await World { $0.maximumSessionsPerUser = 1 }
        let told = Mutex<[AuthEvent.Kind]>([])
        world.system.observeEvents { events in told.withLock { $0 += events.map(\.kind) } }
        try await world.register()
        let first = try await world.login()
        let second = try await world.login()
        #expect(await world.verifyCode(first.accessToken) == .tokenRevoked)
        let third = try await world.system.auth.refresh(second.refreshToken)
        #expect(await world.verifyCode(third.accessToken) == nil)
        #expect(told.withLock { !$0.contains(.tokenReuse) })
        #expect(await world.refreshCode(second.refreshToken) == .tokenReuse)
        #expect(await world.verifyCode(second.accessToken) == .tokenRevoked)
        #expect(await world.verifyCode(third.accessToken) == .tokenRevoked)
        #expect(told.withLock { $0.count { $0 == .tokenReuse } } == 1)
    }

    @Test("to switch an account that is not there says nothing to memory")
    func nobody() async throws {
        let world = try await World()
        let revocations = world.system.tokens.revocations
        let seen = revocations.changes
        let code = await world.code { () async throws(AuthError) in
            _ = try await world.system.users.setActive(false, user: .random(from: SystemEntropy()))
        }
        #expect(code == .userNotFound && revocations.changes == seen)
    }

    @Test("what kills a token kills it for a process that starts then too", arguments: 0..<5)
    func restart(kind: Int) async throws {
        let world = try await World()
        let user = try await world.register()
        let token = try await kind == 0 || kind == 2 ? world.foreignToken(.access, of: user) : world.login().accessToken
        let claims = try await world.system.tokens.verify(token.reveal())
        _ = try await world.restarted().tokens.verify(token.reveal())
        switch kind {
        case 0: try await world.system.auth.logout(claims)
        case 1: try await world.system.sessions.revoke(try #require(claims.sessionID), of: user.id)
        case 2: _ = try await world.system.auth.logoutAll(user.id)
        case 3: try await world.system.users.setActive(false, user: user.id)
        default: try await world.system.users.delete(user.id)
        }
        let next = try await world.restarted()
        await #expect(throws: AuthError.self) { try await next.tokens.verify(token.reveal()) }
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
