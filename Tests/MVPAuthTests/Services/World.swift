import AuthCrypto
import InternationalDomains
import MVPAuth
import MemoryStore
import Synchronization

/// A whole system whose time stands still until it is moved, and whose hashing costs nothing.
final class World: Sendable {
    let clock = ManualTime()
    let mails = Mails()
    let store = MemoryStore()
    let system: AuthSystem
    let keys: KeyRing
    let password = Secret("correct horse battery")

    init(_ change: (inout AuthPolicy) -> Void = { _ in }) async throws {
        var policy = AuthPolicy()
        change(&policy)
        keys = try KeyRing(secret: "0123456789abcdef0123456789abcdef")
        system = try await AuthSystem(
            store: store, hasher: PlainHasher(), signer: keys, domains: IDN2DomainEncoder(), outbox: mails,
            policy: policy,
            time: clock)
    }

    /// The same store under a new process.
    func restarted() async throws -> AuthSystem {
        try await AuthSystem(
            store: store, hasher: PlainHasher(), signer: keys, domains: IDN2DomainEncoder(), outbox: mails, time: clock)
    }

    @discardableResult
    func register(_ email: String = "ada@example.org") async throws -> User {
        try await system.users.register(email: email, password: password)
    }

    func login(_ email: String = "ada@example.org") async throws -> TokenPair {
        try await system.auth.login(email: email, password: password)
    }

    /// Why something was refused; nil when it was not.
    func code(_ body: () async throws(AuthError) -> Void) async -> AuthError.Code? {
        do throws(AuthError) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }

    func refreshCode(_ token: Secret, key: String? = nil) async -> AuthError.Code? {
        await code { () async throws(AuthError) in _ = try await system.auth.refresh(token, idempotencyKey: key) }
    }

    func verifyCode(_ token: Secret) async -> AuthError.Code? {
        await code { () async throws(AuthError) in _ = try await system.tokens.verify(token.reveal()) }
    }

    /// A token such as the Python library makes: no session, no generation, no address.
    func foreignToken(_ kind: TokenKind, of user: User, id: String = "00112233445566778899aabbccddeeff") throws
        -> Secret
    {
        try keys.sign(
            Claims(
                kind: kind, subject: user.id, tokenID: id, issuedAt: clock.now().seconds,
                expiresAt: clock.now().seconds + 900))
    }
}

/// Time that is moved by hand; the two clocks apart, as a wall clock may be set.
final class ManualTime: TimeSource {
    private let state = Mutex((wall: Int64(1_772_366_400_000_000), uptime: UInt64(1_000_000_000_000)))

    func now() -> Timestamp { Timestamp(microseconds: state.withLock { $0.wall }) }

    func uptime() -> UInt64 { state.withLock { $0.uptime } }

    func advance(_ seconds: Int64) {
        state.withLock {
            $0.wall += seconds * 1_000_000
            $0.uptime += UInt64(seconds) * 1_000_000_000
        }
    }

    /// Sets the wall clock back, and nothing else.
    func setBack(_ seconds: Int64) {
        state.withLock { $0.wall -= seconds * 1_000_000 }
    }
}

final class Mails: EmailOutbox {
    private let state = Mutex<[EmailEvent]>([])
    var all: [EmailEvent] { state.withLock { $0 } }
    func submit(_ event: EmailEvent) { state.withLock { $0.append(event) } }
    func token(_ kind: EmailEvent.Kind) -> Secret { all.last { $0.kind == kind }?.token ?? Secret("") }
}

/// Stores the password as it is: for tests of everything but hashing.
struct PlainHasher: PasswordHasher {
    func hash(_ password: Secret, for app: String) async throws(AuthError) -> PasswordHash {
        PasswordHash("plain:" + password.reveal())
    }

    func verify(
        _ password: Secret, against stored: PasswordHash?, for app: String
    ) async throws(AuthError) -> PasswordVerdict {
        stored == PasswordHash("plain:" + password.reveal()) ? .match(needsRehash: false) : .mismatch
    }
}
