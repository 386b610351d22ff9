import AuthTesting
import Testing

@testable import MVPAuth

@Suite("Memory of a store that others write too")
struct SharedMemoryTests {
    @Test("does not vouch for a check that began before it was complete")
    func completedMeanwhile() async throws {
        let world = try await World()
        try await world.register()
        let token = try await world.login().accessToken.reveal()
        try await world.system.auth.logout(try await world.system.tokens.verify(token))
        let revocations = RevocationIndex(time: world.clock, isShared: true)
        let signer = InterruptedSigner(keys: world.keys) { revocations.confirm(world.clock.uptime()) }
        let tokens = TokenService(
            signer: signer, policy: AuthPolicy(), time: world.clock, entropy: SystemEntropy(),
            revocations: revocations,
            store: ObservedStore(
                base: world.store, feed: ChangeFeed([]), revocations: revocations, time: world.clock,
                entropy: SystemEntropy(), keepsEvents: true))
        let code = await world.code { () async throws(AuthError) in _ = try await tokens.verify(token) }
        #expect(code == .tokenRevoked)
        #expect(revocations.isComplete, "it became so during the check")
    }
}

/// Does something while a signature is checked.
private struct InterruptedSigner: TokenSigner {
    let keys: any TokenSigner
    let interruption: @Sendable () -> Void

    func sign(_ claims: Claims) throws(AuthError) -> Secret { try keys.sign(claims) }

    func verify(_ token: String) throws(AuthError) -> Claims {
        interruption()
        return try keys.verify(token)
    }

    var signsQuickly: Bool { keys.signsQuickly }
    func sha256(_ text: String) -> String { keys.sha256(text) }
    func derivedKey(for purpose: String) -> any DerivedKey { keys.derivedKey(for: purpose) }
    func derivedSigner(for purpose: String) -> any TokenSigner { keys.derivedSigner(for: purpose) }
}
