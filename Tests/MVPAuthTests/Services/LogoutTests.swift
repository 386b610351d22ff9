import AuthCrypto
import AuthTesting
import MVPAuth
import Testing

@Suite("Signing out by a refresh token")
struct LogoutTests {
    private func code(_ world: World, _ token: Secret, for caller: Caller = .local) async -> AuthError.Code? {
        await world.code { () async throws(AuthError) in
            try await world.system.auth.logout(refreshToken: token, for: caller)
        }
    }

    @Test("ends the session, though its access token has expired, and no other")
    func expiredAccess() async throws {
        let world = try await World()
        let user = try await world.register()
        let pair = try await world.login()
        world.clock.advance(1000)
        let other = try await world.login()
        #expect(await world.verifyCode(pair.accessToken) == .tokenExpired)
        #expect(await code(world, pair.refreshToken) == nil)
        #expect(await world.refreshCode(pair.refreshToken) == .tokenRevoked)
        #expect(await code(world, pair.refreshToken) == .tokenRevoked)
        #expect(await world.verifyCode(other.accessToken) == nil)
        #expect(try await world.system.sessions.list(of: user.id).count == 1)
    }

    @Test("kills the session's access tokens at once")
    func access() async throws {
        let world = try await World()
        try await world.register()
        let pair = try await world.login()
        #expect(await code(world, pair.refreshToken) == nil)
        #expect(await world.verifyCode(pair.accessToken) == .tokenRevoked)
    }

    @Test("works with a used token, which ends its one session and is no reuse")
    func used() async throws {
        let world = try await World()
        try await world.register()
        let pair = try await world.login()
        let other = try await world.login()
        let next = try await world.system.auth.refresh(pair.refreshToken)
        #expect(await code(world, pair.refreshToken) == nil)
        #expect(await world.verifyCode(next.accessToken) == .tokenRevoked)
        #expect(await world.refreshCode(next.refreshToken) == .tokenRevoked)
        #expect(await world.verifyCode(other.accessToken) == nil)
    }

    @Test("refuses what is forged, of another kind, expired or of another app")
    func refusals() async throws {
        let world = try await World()
        let user = try await world.register()
        let pair = try await world.login()
        #expect(await code(world, Secret("x")) == .tokenInvalid)
        #expect(await code(world, pair.accessToken) == .tokenInvalid)
        #expect(await code(world, try world.foreignToken(.refresh, of: user)) == .tokenInvalid, "it names no session")
        let unknown = Claims(
            kind: .refresh, subject: user.id, tokenID: "0", issuedAt: world.clock.now().seconds,
            expiresAt: world.clock.now().seconds + 900, sessionID: .random(from: SystemEntropy()), generation: 0)
        #expect(await code(world, try world.keys.sign(unknown)) == .tokenInvalid)
        let shop = try await world.system.auth.login(
            email: user.email, password: world.password, for: Caller(app: "shop"))
        #expect(await code(world, shop.refreshToken) == .tokenInvalid)
        #expect(await code(world, shop.refreshToken, for: Caller(app: "till")) == .tokenInvalid)
        #expect(await world.verifyCode(shop.accessToken) == nil, "nothing has ended")
        #expect(await code(world, shop.refreshToken, for: Caller(app: "shop")) == nil)
        #expect(await world.verifyCode(pair.accessToken) == nil)
        world.clock.advance(30 * 86_400)
        #expect(await code(world, pair.refreshToken) == .tokenExpired)
    }
}
