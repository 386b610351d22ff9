import AuthTesting
import MVPAuth
import Testing

/// Tokens of the Python library: no session on access tokens, no generation, no key name.
@Suite("Tokens made elsewhere")
struct ForeignTokenTests {
    @Test("work, and die with logout")
    func logout() async throws {
        let world = try await World()
        let user = try await world.register()
        let token = try world.foreignToken(.access, of: user)
        #expect(await world.verifyCode(token) == nil)
        try await world.system.auth.logout(try await world.system.tokens.verify(token.reveal()))
        #expect(await world.verifyCode(token) == .tokenRevoked)
    }

    @Test("die with a logout of all, a change, a reset and a deactivation", arguments: 0..<4)
    func revocation(kind: Int) async throws {
        let world = try await World()
        let user = try await world.register()
        let token = try world.foreignToken(.access, of: user)
        switch kind {
        case 0: _ = try await world.system.auth.logoutAll(user.id)
        case 1:
            try await world.system.passwords.changePassword(
                of: user.id, current: world.password, new: Secret("another long phrase"))
        case 2:
            try await world.system.passwords.forgotPassword(email: user.email)
            try await world.system.passwords.resetPassword(
                token: world.mails.token(.passwordReset), newPassword: Secret("another long phrase"))
        default: try await world.system.users.setActive(false, user: user.id)
        }
        #expect(await world.verifyCode(token) != nil)
        world.clock.advance(1)
        let later = try world.foreignToken(.access, of: user)
        #expect(
            await world.verifyCode(later) == (kind == 3 ? .userInactive : nil),
            "one that was made later is another matter")
    }

    @Test("stay dead when their user is activated again")
    func reactivation() async throws {
        let world = try await World()
        let user = try await world.register()
        let token = try world.foreignToken(.access, of: user)
        try await world.system.users.setActive(false, user: user.id)
        try await world.system.users.setActive(true, user: user.id)
        #expect(await world.verifyCode(token) == .tokenRevoked)
        world.clock.advance(1)
        #expect(await world.verifyCode(try world.foreignToken(.access, of: user)) == nil)
    }

    @Test("a reset of theirs works while it is younger than the password")
    func reset() async throws {
        let world = try await World()
        let user = try await world.register()
        let early = try world.foreignToken(.passwordReset, of: user)
        #expect(
            await world.code { () async throws(AuthError) in
                try await world.system.passwords.resetPassword(token: early, newPassword: Secret("another long phrase"))
            } == .invalidVerificationToken)
        world.clock.advance(1)
        let late = try world.foreignToken(.passwordReset, of: user, id: "ff")
        try await world.system.passwords.resetPassword(token: late, newPassword: Secret("another long phrase"))
        #expect(
            await world.code { () async throws(AuthError) in
                try await world.system.passwords.resetPassword(token: late, newPassword: Secret("yet another phrase"))
            } == .invalidVerificationToken)
    }

    @Test("a refresh token of theirs is refused where its session has used up its generations")
    func lastGeneration() async throws {
        let world = try await World()
        try await world.register()
        var claims = try world.keys.verify(try await world.login().refreshToken.reveal())
        claims.generation = nil
        let token = try world.keys.sign(claims)
        let (session, hash) = (try #require(claims.sessionID), world.keys.sha256(token.reveal()))
        for (generation, code) in [(.max, .tokenInvalid), (.max - 1, nil)] as [(Int64, AuthError.Code?)] {
            try await world.store.write { verbs in
                guard var stored = try verbs.find(Session.self, session) else { return }
                (stored.generation, stored.refreshTokenHash) = (generation, hash)
                try verbs.update(stored)
            }
            #expect(await world.refreshCode(token) == code)
        }
    }

    @Test("a verification of theirs works once, also one from the second of the registration")
    func verification() async throws {
        let world = try await World()
        let user = try await world.register()
        let token = try world.foreignToken(.emailVerify, of: user)
        world.clock.advance(20)
        #expect(try await world.system.users.verifyEmail(token: token).isVerified)
        #expect(await verifyEmailCode(world, token) == .alreadyVerified)
    }

    @Test("a verification of theirs is none for an account that is unknown, or whose password was changed since")
    func oldVerification() async throws {
        let world = try await World()
        let user = try await world.register()
        let early = try world.foreignToken(.emailVerify, of: user)
        world.clock.advance(20)
        try await world.system.passwords.changePassword(
            of: user.id, current: world.password, new: Secret("another long phrase"))
        #expect(await verifyEmailCode(world, early) == .invalidVerificationToken)
        world.clock.advance(1)
        let late = try world.foreignToken(.emailVerify, of: user)
        try await world.system.users.delete(user.id)
        #expect(await verifyEmailCode(world, late) == .invalidVerificationToken)
    }

    @Test("a token that names a generation and no address is of nobody's making", arguments: [0, 1])
    func half(kind: Int) async throws {
        let world = try await World()
        let user = try await world.register()
        world.clock.advance(20)
        let now = world.clock.now().seconds
        let token = try world.keys.sign(
            Claims(
                kind: kind == 0 ? .passwordReset : .emailVerify, subject: user.id, tokenID: "ff", issuedAt: now,
                expiresAt: now + 900, generation: 0))
        let code = await world.code { () async throws(AuthError) in
            if kind == 0 {
                try await world.system.passwords.resetPassword(token: token, newPassword: Secret("another long phrase"))
            } else {
                _ = try await world.system.users.verifyEmail(token: token)
            }
        }
        #expect(code == .invalidVerificationToken)
    }

    private func verifyEmailCode(_ world: World, _ token: Secret) async -> AuthError.Code? {
        await world.code { () async throws(AuthError) in _ = try await world.system.users.verifyEmail(token: token) }
    }
}
