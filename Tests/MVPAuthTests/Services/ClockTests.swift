import AuthTesting
import MVPAuth
import Testing

/// A wall clock that is set back: tokens that we signed are from the future then, and nobody is signed out for that.
@Suite("A clock that steps")
struct ClockTests {
    private static let steps: [Int64] = [61, 3 * 3600, 400 * 86_400]

    @Test("back leaves everybody signed in, and a refresh brings the time right", arguments: steps)
    func back(_ seconds: Int64) async throws {
        let world = try await World()
        let user = try await world.register()
        let pair = try await world.login()
        world.clock.setBack(seconds)
        #expect(await world.verifyCode(pair.accessToken) == nil)
        #expect(try await world.system.users.currentUser(user.id).id == user.id)
        let next = try await world.system.auth.refresh(pair.refreshToken)
        #expect(await world.verifyCode(next.accessToken) == nil)
        #expect(
            await world.verifyCode(pair.accessToken) == .tokenExpired,
            "its session goes by the right time now")
        world.clock.advance(901)
        #expect(await world.verifyCode(next.accessToken) == .tokenExpired)
        let third = try await world.system.auth.refresh(next.refreshToken)
        #expect(await world.verifyCode(third.accessToken) == nil)
        #expect(await world.refreshCode(pair.refreshToken) == .tokenReuse, "a used token is used")
    }

    @Test("back, over a restart, with tokens that were made a year ahead", arguments: steps)
    func restart(_ seconds: Int64) async throws {
        let world = try await World()
        try await world.register()
        let pair = try await world.login()
        world.clock.setBack(seconds)
        let system = try await world.restarted()
        let claims = try await system.tokens.verify(pair.accessToken.reveal())
        #expect(try await system.sessions.list(of: claims.subject).count == 1)
        let next = try await system.auth.refresh(pair.refreshToken, idempotencyKey: "a key")
        let again = try await system.auth.refresh(pair.refreshToken, idempotencyKey: "a key")
        #expect(again.refreshToken.reveal() == next.refreshToken.reveal())
        _ = try await system.tokens.verify(next.accessToken.reveal())
    }

    @Test("does not revive what was revoked before it or after, however long ago", arguments: steps)
    func revoked(_ seconds: Int64) async throws {
        let world = try await World()
        let user = try await world.register()
        let (before, after, blocked) = (
            try await world.login(), try await world.login(), try await world.login()
        )
        let others = try await world.login()
        func end(_ pair: TokenPair) async throws {
            let claims = try await world.system.tokens.verify(pair.accessToken.reveal())
            try await world.system.sessions.revoke(try #require(claims.sessionID), of: user.id)
        }
        try await world.system.auth.logout(
            try await world.system.tokens.verify(blocked.accessToken.reveal()))
        try await end(before)
        world.clock.setBack(seconds)
        try await end(after)
        // The clock that never steps has passed every deadline; the wall clock has not.
        for _ in 0..<3 {
            for pair in [before, after, blocked] {
                #expect(await world.verifyCode(pair.accessToken) == .tokenRevoked)
            }
            for pair in [before, after] {
                #expect(await world.refreshCode(pair.refreshToken) == .tokenRevoked)
            }
            world.clock.setBack(2 * 3600)
            world.clock.advance(2 * 3600)
            try await world.system.purge()
        }
        #expect(await world.verifyCode(others.accessToken) == nil, "nobody else is signed out")
        #expect(try await world.system.auth.logoutAll(user.id) == 1)
        #expect(await world.verifyCode(others.accessToken) == .tokenRevoked)
        let system = try await world.restarted()
        for pair in [before, after, blocked, others] {
            await #expect(throws: AuthError.self) {
                try await system.tokens.verify(pair.accessToken.reveal())
            }
        }
    }

    @Test(
        "back does not revive tokens without a session that a logout everywhere has ended",
        arguments: steps)
    func sessionless(_ seconds: Int64) async throws {
        let world = try await World()
        let user = try await world.register()
        let token = try world.foreignToken(.access, of: user)
        world.clock.setBack(seconds)
        #expect(await world.verifyCode(token) == nil)
        _ = try await world.system.auth.logoutAll(user.id)
        #expect(await world.verifyCode(token) == .tokenRevoked)
    }

    @Test("back leaves emailed tokens valid, once", arguments: steps)
    func emailed(_ seconds: Int64) async throws {
        let world = try await World()
        try await world.register()
        try await world.system.passwords.forgotPassword(email: "ada@example.org")
        world.clock.setBack(seconds)
        let token = try await world.mails.token(.passwordReset)
        try await world.system.passwords.resetPassword(
            token: token, newPassword: Secret("another long password"))
        #expect(
            await world.code { () async throws(AuthError) in
                try await world.system.passwords.resetPassword(
                    token: token, newPassword: Secret("a third long password"))
            } == .invalidVerificationToken)
    }
}
