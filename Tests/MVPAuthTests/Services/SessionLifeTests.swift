import AuthTesting
import MVPAuth
import Testing

@Suite("The life of a session")
struct SessionLifeTests {
    @Test("An access token lives 15 minutes, to the second")
    func accessLifetime() async throws {
        let world = try await World()
        try await world.register()
        let pair = try await world.login()
        world.clock.advance(899)
        #expect(await world.verifyCode(pair.accessToken) == nil)
        world.clock.advance(1)
        #expect(await world.verifyCode(pair.accessToken) == .tokenExpired)
    }

    @Test("A session that is not used expires; one that is used lives until its absolute end")
    func expiry() async throws {
        let world = try await World {
            $0.sessionIdleLifetime = 10 * 86_400
            $0.sessionAbsoluteLifetime = 25 * 86_400
        }
        try await world.register()
        let idle = try await world.login()
        var used = try await world.login()
        for _ in 0..<3 {
            world.clock.advance(8 * 86_400)
            used = try await world.system.auth.refresh(used.refreshToken)
        }
        #expect(await world.refreshCode(idle.refreshToken) == .tokenExpired)
        world.clock.advance(2 * 86_400)
        #expect(await world.refreshCode(used.refreshToken) == .tokenExpired)
        #expect(
            await world.code { () async throws(AuthError) in
                _ = try await world.system.auth.login(email: "ada@example.org", password: world.password)
            } == nil)
    }

    @Test("No access token outlives the absolute end of its session")
    func absoluteEnd() async throws {
        let world = try await World {
            $0.sessionAbsoluteLifetime = 1000
            $0.sessionIdleLifetime = 1000
        }
        let user = try await world.register()
        let first = try await world.login()
        #expect(first.expiresIn == 900)
        world.clock.advance(800)
        let late = try await world.system.auth.refresh(first.refreshToken, idempotencyKey: "a key")
        #expect(late.expiresIn == 200)
        let again = try await world.system.auth.refresh(first.refreshToken, idempotencyKey: "a key")
        #expect(again.accessToken.reveal() == late.accessToken.reveal() && again.expiresIn == 200)
        world.clock.advance(199)
        #expect(await world.verifyCode(late.accessToken) == nil)
        #expect(try await world.system.auth.logoutAll(user.id) == 1)
        #expect(await world.verifyCode(late.accessToken) == .tokenRevoked)
        let other = try await world.login()
        world.clock.advance(1000)
        #expect(await world.verifyCode(other.accessToken) == .tokenExpired)
    }

    /// In days: how long a refresh token lives, how long a session may be idle, when it ends in any case.
    private static let lifetimes: [(refresh: Int64, idle: Int64, absolute: Int64)] = [
        (30, 30, 365), (7, 30, 365), (30, 7, 365), (30, 30, 10), (90, 90, 12), (5, 90, 5),
    ]

    @Test(
        "The end that a token names is that of its kind or that of its session, whichever comes first",
        arguments: lifetimes)
    func expiryClaims(refresh: Int64, idle: Int64, absolute: Int64) async throws {
        let day: Int64 = 86_400
        let world = try await World {
            $0.refreshTokenLifetime = refresh * day
            $0.sessionIdleLifetime = idle * day
            $0.sessionAbsoluteLifetime = absolute * day
        }
        let user = try await world.register()
        let end = world.clock.now().seconds + absolute * day
        func expect(_ pair: TokenPair, madeAt now: Int64) async throws {
            let claims = try (
                world.keys.verify(pair.accessToken.reveal()), world.keys.verify(pair.refreshToken.reveal())
            )
            #expect(claims.0.kind == .access && claims.0.issuedAt == now)
            #expect(claims.0.expiresAt == min(now + 900, end) && pair.expiresIn == claims.0.expiresAt - now)
            #expect(claims.1.kind == .refresh && claims.1.issuedAt == now)
            #expect(claims.1.expiresAt == min(now + min(refresh, idle) * day, end))
            let session = try #require(try await world.system.sessions.list(of: user.id).first)
            #expect(session.expiresAt.seconds == claims.1.expiresAt)
        }
        var pair = try await world.login()
        try await expect(pair, madeAt: world.clock.now().seconds)
        for round in 0..<3 {
            // To the last minutes of a session that ends soon.
            world.clock.advance(max(0, min(3 * day + 1, end - world.clock.now().seconds - 300)))
            let used = pair.refreshToken
            let now = world.clock.now().seconds
            pair = try await world.system.auth.refresh(used, idempotencyKey: "round \(round)")
            try await expect(pair, madeAt: now)
            world.clock.advance(30)
            let again = try await world.system.auth.refresh(used, idempotencyKey: "round \(round)")
            #expect(again.refreshToken.reveal() == pair.refreshToken.reveal())
            #expect(again.accessToken.reveal() == pair.accessToken.reveal())
        }
        world.clock.advance(end - world.clock.now().seconds)
        #expect(await world.refreshCode(pair.refreshToken) == .tokenExpired)
    }

    @Test("A session shorter than an access token bounds it from the login on")
    func shortSession() async throws {
        let world = try await World { $0.sessionAbsoluteLifetime = 60 }
        try await world.register()
        let pair = try await world.login()
        #expect(pair.expiresIn == 60)
        world.clock.advance(60)
        #expect(await world.verifyCode(pair.accessToken) == .tokenExpired)
    }

    @Test("The pair of a generation is always the same pair")
    func replay() async throws {
        let world = try await World()
        try await world.register()
        let pair = try await world.login()
        let next = try await world.system.auth.refresh(pair.refreshToken, idempotencyKey: "a key")
        world.clock.advance(59)
        let again = try await world.system.auth.refresh(pair.refreshToken, idempotencyKey: "a key")
        #expect(again.refreshToken.reveal() == next.refreshToken.reveal())
        #expect(again.accessToken.reveal() == next.accessToken.reveal())
        world.clock.advance(2)
        #expect(await world.refreshCode(pair.refreshToken, key: "a key") == .tokenReuse)
    }

    @Test("Within the leeway a second tab gets the same pair, until that has been used")
    func leeway() async throws {
        let world = try await World { $0.refreshLeeway = 10 }
        try await world.register()
        let pair = try await world.login()
        let first = try await world.system.auth.refresh(pair.refreshToken)
        world.clock.advance(5)
        let second = try await world.system.auth.refresh(pair.refreshToken)
        #expect(first.refreshToken.reveal() == second.refreshToken.reveal())
        _ = try await world.system.auth.refresh(first.refreshToken)
        #expect(await world.refreshCode(pair.refreshToken) == .tokenReuse)
    }

    @Test("A change of password and a login in one second: the new token works, the old does not")
    func sameSecond() async throws {
        let world = try await World()
        let user = try await world.register()
        for round in 0..<50 {
            let old = try await world.login()
            try await world.system.passwords.changePassword(
                of: user.id, current: world.password, new: Secret("another long phrase"))
            try await world.system.passwords.changePassword(
                of: user.id, current: Secret("another long phrase"), new: world.password)
            let new = try await world.login()
            #expect(await world.verifyCode(old.accessToken) == .tokenRevoked, "round \(round)")
            #expect(await world.verifyCode(new.accessToken) == nil, "round \(round)")
        }
    }

    @Test("A deactivated user can do nothing, at once, and again after a restart")
    func deactivation() async throws {
        let world = try await World()
        let user = try await world.register()
        let pair = try await world.login()
        _ = try await world.system.users.currentUser(user.id)
        try await world.system.passwords.forgotPassword(email: user.email)
        let reset = try await world.mails.token(.passwordReset)
        try await world.system.users.setActive(false, user: user.id)
        #expect([.userInactive, .tokenRevoked].contains(await world.verifyCode(pair.accessToken)))
        #expect([.userInactive, .tokenRevoked].contains(await world.refreshCode(pair.refreshToken)))
        #expect(
            await world.code { () async throws(AuthError) in _ = try await world.system.users.currentUser(user.id) }
                == .userInactive)
        #expect(
            await world.code { () async throws(AuthError) in
                _ = try await world.system.auth.login(email: user.email, password: world.password)
            } == .invalidCredentials)
        #expect(
            await world.code { () async throws(AuthError) in
                try await world.system.passwords.resetPassword(token: reset, newPassword: Secret("another long phrase"))
            } == .userInactive)
        #expect(
            await world.code { () async throws(AuthError) in
                try await world.system.passwords.changePassword(
                    of: user.id, current: world.password, new: Secret("another long phrase"))
            } == .userInactive)
        let count = try await world.mails.all.count
        try await world.system.passwords.forgotPassword(email: user.email)
        #expect(try await world.mails.all.count == count)
        let next = try await world.restarted()
        await #expect(throws: AuthError.self) { _ = try await next.tokens.verify(pair.accessToken.reveal()) }
    }

    @Test("Whoever is inactive, or was deleted, has no sessions to see or to end")
    func nobody() async throws {
        let world = try await World()
        let user = try await world.register()
        let token = try await world.login().accessToken
        let session = try #require(try await world.system.tokens.verify(token.reveal()).sessionID)
        func codes() async -> [AuthError.Code?] {
            [
                await world.code { () async throws(AuthError) in _ = try await world.system.sessions.list(of: user.id)
                },
                await world.code { () async throws(AuthError) in
                    try await world.system.sessions.revoke(session, of: user.id)
                },
                await world.code { () async throws(AuthError) in _ = try await world.system.auth.logoutAll(user.id) },
            ]
        }
        try await world.system.users.setActive(false, user: user.id)
        #expect(await codes() == [.userInactive, .userInactive, .userInactive])
        try await world.system.users.delete(user.id)
        #expect(await codes() == [.userNotFound, .userNotFound, .userNotFound])
    }

    @Test("A user ends a session of theirs, once, and nobody else's")
    func ownSession() async throws {
        let world = try await World()
        let (ada, eve) = (try await world.register(), try await world.register("eve@example.org"))
        let token = try await world.login().accessToken
        let session = try #require(try await world.system.tokens.verify(token.reveal()).sessionID)
        func code(_ user: User) async -> AuthError.Code? {
            await world.code { () async throws(AuthError) in
                try await world.system.sessions.revoke(session, of: user.id)
            }
        }
        #expect(await code(eve) == .sessionNotFound)
        #expect(await world.verifyCode(token) == nil)
        #expect(await code(ada) == nil)
        #expect(await world.verifyCode(token) == .tokenRevoked)
        #expect(await code(ada) == .sessionNotFound)
    }

    @Test("A deleted user's tokens are dead, also after a restart")
    func deletion() async throws {
        let world = try await World()
        let user = try await world.register()
        let pair = try await world.login()
        try await world.system.users.delete(user.id)
        #expect(await world.verifyCode(pair.accessToken) == .tokenRevoked)
        let next = try await world.restarted()
        await #expect(throws: AuthError(.tokenRevoked)) { _ = try await next.tokens.verify(pair.accessToken.reveal()) }
        #expect(await world.refreshCode(pair.refreshToken) == .tokenInvalid)
    }

    @Test("A wall clock that is set back revives no token")
    func clockSetBack() async throws {
        let world = try await World()
        try await world.register()
        let pair = try await world.login()
        let claims = try await world.system.tokens.verify(pair.accessToken.reveal())
        try await world.system.auth.logout(claims)
        world.clock.advance(950)
        try await world.system.purge()
        world.clock.setBack(900)
        #expect(await world.verifyCode(pair.accessToken) == .tokenRevoked)
    }

    @Test("A token of another issuer or audience, or from the future, is invalid")
    func audience() async throws {
        let world = try await World {
            $0.issuer = "https://id.example.org"; $0.audience = "shop"
        }
        let user = try await world.register()
        let pair = try await world.login()
        #expect(await world.verifyCode(pair.accessToken) == nil)
        let original = try await world.system.tokens.verify(pair.accessToken.reveal())
        func sign(_ change: (inout Claims) -> Void) throws -> Secret {
            var claims = original
            change(&claims)
            return try world.keys.sign(claims)
        }
        for token in [
            try sign { $0.issuer = "https://id.example.orgx" }, try sign { $0.issuer = nil },
            try sign { $0.audience = "sho" },
            try sign { $0.audience = nil }, try sign { $0.issuedAt += 3600 },
            try sign { $0.notBefore = $0.issuedAt + 3600 },
            try sign { $0.kind = .refresh }, try world.foreignToken(.access, of: user),
        ] {
            #expect(await world.verifyCode(token) == .tokenInvalid)
        }
    }
}
