import AuthTesting
import Testing

@testable import MVPAuth

/// Both sides of every bound of ``TokenService/check(_:kind:audience:)``, and what is asked beyond it.
@Suite("What a token says of itself")
struct TokenServiceTests {
    private func claims(
        _ world: World, kind: TokenKind = .access, issued: Int64 = 0, expires: Int64 = 900, notBefore: Int64? = nil
    ) -> Claims {
        let now = world.clock.now().seconds
        return Claims(
            kind: kind, subject: .random(from: SystemEntropy()), tokenID: "a", issuedAt: now + issued,
            expiresAt: now + expires, notBefore: notBefore.map { now + $0 })
    }

    private func code(_ world: World, _ claims: Claims, audience: String? = nil) async throws -> AuthError.Code? {
        let token = try world.keys.sign(claims).reveal()
        return await world.code { () async throws(AuthError) in
            _ = try world.system.tokens.check(token, kind: .access, audience: audience)
        }
    }

    @Test("It expires at its second, and not before")
    func expiry() async throws {
        let world = try await World()
        #expect(try await code(world, claims(world, issued: -900, expires: 1)) == nil)
        #expect(try await code(world, claims(world, issued: -900, expires: 0)) == .tokenExpired)
    }

    @Test("It was issued a minute from now at the latest, or before it expires: then our own clock was ahead")
    func issued() async throws {
        let world = try await World()
        #expect(try await code(world, claims(world, issued: 60, expires: 30)) == nil)
        #expect(try await code(world, claims(world, issued: 61, expires: 30)) == .tokenInvalid)
        #expect(try await code(world, claims(world, issued: 100, expires: 100)) == nil)
        #expect(try await code(world, claims(world, issued: 101, expires: 100)) == .tokenInvalid)
    }

    @Test("It counts a minute before the time that it names, by our clock or by the one that it was issued under")
    func notBefore() async throws {
        let world = try await World()
        #expect(try await code(world, claims(world, notBefore: 60)) == nil)
        #expect(try await code(world, claims(world, notBefore: 61)) == .tokenInvalid)
        #expect(try await code(world, claims(world, issued: 100, notBefore: 160)) == nil)
        #expect(try await code(world, claims(world, issued: 100, notBefore: 161)) == .tokenInvalid)
        #expect(try await code(world, claims(world, issued: -100, notBefore: 60)) == nil)
    }

    @Test("Any issuer will do where none is set, and no audience where none is expected")
    func issuer() async throws {
        let world = try await World()
        var claims = claims(world)
        claims.issuer = "https://id.example.org"
        #expect(try await code(world, claims) == nil)
        claims.audience = "shop"
        #expect(try await code(world, claims, audience: "shop") == nil)
        #expect(try await code(world, claims) == .tokenInvalid)
        claims.audience = nil
        #expect(try await code(world, claims, audience: "shop") == .tokenInvalid)
    }

    @Test("Memory alone vouches for one that is a minute ahead at most")
    func ahead() async throws {
        let world = try await World()
        try await world.register()
        let token = try await world.login().accessToken.reveal()
        world.clock.setBack(60)
        #expect(try world.system.tokens.verifyFromMemory(token) != nil)
        world.clock.setBack(1)
        #expect(try world.system.tokens.verifyFromMemory(token) == nil)
        #expect(try await world.system.tokens.verify(token).kind == .access)
    }

    @Test("One that is ahead dies when its session was used by a clock more than a minute behind it")
    func aheadOfItsSession() async throws {
        for (seconds, code) in [(60, nil), (61, .tokenExpired)] as [(Int64, AuthError.Code?)] {
            let world = try await World()
            try await world.register()
            let pair = try await world.login()
            world.clock.setBack(seconds)
            _ = try await world.system.auth.refresh(pair.refreshToken)
            world.clock.setBack(1)
            #expect(await world.verifyCode(pair.accessToken) == code, "\(seconds)")
        }
    }

    @Test("An emailed one is refused in the words of its kind, whether it is forged or has expired")
    func emailed() async throws {
        let world = try await World()
        for (kind, error) in [
            (.passwordReset, .invalidResetToken), (.emailVerify, AuthError(.invalidVerificationToken)),
        ] as [(TokenKind, AuthError)] {
            let expired = try world.keys.sign(claims(world, kind: kind, issued: -900, expires: 0)).reveal()
            for token in ["x", expired] {
                #expect(throws: error) { try world.system.tokens.checkEmailed(token, kind: kind) }
            }
        }
    }

    @Test("That a signature cannot be checked is not the token's fault")
    func failingSigner() async throws {
        let world = try await World()
        let tokens = TokenService(
            signer: FailingSigner(keys: world.keys), policy: AuthPolicy(), time: world.clock,
            entropy: SystemEntropy(), revocations: world.system.tokens.revocations, store: world.system.tokens.store)
        #expect(throws: AuthError(.internalError)) { try tokens.checkEmailed("x", kind: .passwordReset) }
    }
}

/// Checks no signature.
private struct FailingSigner: TokenSigner {
    let keys: any TokenSigner

    func sign(_ claims: Claims) throws(AuthError) -> Secret { try keys.sign(claims) }
    func verify(_ token: String) throws(AuthError) -> Claims { throw AuthError(.internalError) }

    var signsQuickly: Bool { keys.signsQuickly }
    func sha256(_ text: String) -> String { keys.sha256(text) }
    func derivedKey(for purpose: String) -> any DerivedKey { keys.derivedKey(for: purpose) }
    func derivedSigner(for purpose: String) -> any TokenSigner { keys.derivedSigner(for: purpose) }
}
