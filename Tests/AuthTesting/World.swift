package import AuthCrypto
internal import InternationalDomains
package import MVPAuth
internal import MemoryStore

/// A whole system whose time stands still until it is moved, and whose hashing costs nothing.
package final class World: Sendable {
    package let clock = ManualTime()
    package let mails: Mails
    package let store: any AuthStore
    package let system: AuthSystem
    package let keys: KeyRing
    package let password = Secret("correct horse battery")

    /// What test tokens are signed with.
    package static let secret = "0123456789abcdef0123456789abcdef"

    package init(
        store: any AuthStore = MemoryStore(), _ change: (inout AuthPolicy) -> Void = { _ in }
    ) async throws {
        var policy = AuthPolicy()
        change(&policy)
        self.store = store
        keys = try KeyRing(secret: Self.secret)
        system = try await AuthSystem(
            store: store, hasher: PlainHasher(), signer: keys, domains: IDN2DomainEncoder(),
            policy: policy, time: clock)
        mails = Mails(system)
    }

    /// The same store under a new process.
    package func restarted() async throws -> AuthSystem {
        try await AuthSystem(
            store: store, hasher: PlainHasher(), signer: keys, domains: IDN2DomainEncoder(), time: clock)
    }

    @discardableResult
    package func register(_ email: String = "ada@example.org") async throws -> User {
        try await system.users.register(email: email, password: password)
    }

    package func login(_ email: String = "ada@example.org") async throws -> TokenPair {
        try await system.auth.login(email: email, password: password)
    }

    /// Why something was refused; nil when it was not.
    package func code(_ body: () async throws(AuthError) -> Void) async -> AuthError.Code? {
        do throws(AuthError) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }

    package func refreshCode(_ token: Secret, key: String? = nil) async -> AuthError.Code? {
        await code { () async throws(AuthError) in _ = try await system.auth.refresh(token, idempotencyKey: key) }
    }

    package func verifyCode(_ token: Secret) async -> AuthError.Code? {
        await code { () async throws(AuthError) in _ = try await system.tokens.verify(token.reveal()) }
    }

    /// A token such as the Python library makes: no session, no generation, no address.
    package func foreignToken(_ kind: TokenKind, of user: User, id: String = "00112233445566778899aabbccddeeff") throws
        -> Secret
    {
        try keys.sign(
            Claims(
                kind: kind, subject: user.id, tokenID: id, issuedAt: clock.now().seconds,
                expiresAt: clock.now().seconds + 900))
    }
}
