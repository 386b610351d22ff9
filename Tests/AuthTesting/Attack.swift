package import MVPAuth
internal import AuthCrypto
internal import InternationalDomains
internal import MemoryStore
internal import Synchronization

/// Somebody who guesses the passwords of a service, and an owner who wants to sign in meanwhile. Several systems are as
/// many daemons; time stands still until it is moved.
package final class Attack: Sendable {
    package let systems: [AuthSystem]
    package let hasher = CountingHasher()
    package let clock = ManualTime()
    package let password = Secret("correct horse battery")
    package let email = "ada@example.org"
    package let home = "192.0.2.10"

    /// So many daemons on one store in memory.
    package convenience init(
        daemons: Int = 1, _ change: (inout AuthPolicy) -> Void = { _ in }
    ) async throws {
        let store = MemoryStore()
        try await self.init(on: (0..<daemons).map { _ in store }, change)
    }

    /// - Parameter stores: one for each system; they may be one.
    package init(
        on stores: [any AuthStore], _ change: (inout AuthPolicy) -> Void = { _ in }
    ) async throws {
        var policy = AuthPolicy()
        change(&policy)
        let keys = try KeyRing(secret: World.secret)
        var systems: [AuthSystem] = []
        for store in stores {
            systems.append(
                try await AuthSystem(
                    store: store, hasher: hasher, signer: keys, domains: IDN2DomainEncoder(), policy: policy,
                    time: clock))
        }
        self.systems = systems
    }

    /// The owner's account, with a session at home and a device.
    package func owner() async throws -> Secret {
        try await systems[0].users.register(email: email, password: password)
        let pair = try await systems[0].auth.login(
            email: email, password: password, device: .init(ipAddress: home, isRemembered: true))
        return pair.deviceToken ?? Secret("")
    }

    /// Why an attempt was refused. Nil: it was not.
    package func attempt(
        _ password: Secret, at email: String? = nil, from address: String? = nil, device: Secret? = nil,
        on system: Int = 0, for caller: Caller = .local
    ) async -> AuthError? {
        do throws(AuthError) {
            _ = try await systems[system % systems.count].auth.login(
                email: email ?? self.email, password: password, device: .init(ipAddress: address, token: device),
                for: caller)
            return nil
        } catch {
            return error
        }
    }

    /// A wrong password that nobody tried before, from a network that nobody used before.
    package func guess(_ number: Int, at email: String? = nil, from address: String? = nil) async -> AuthError? {
        await attempt(
            Secret("wrong password \(number)"), at: email, from: address ?? Self.network(number), on: number)
    }

    /// So many guesses, a hundred at a time. Returns how many passwords were looked at.
    package func flood(_ numbers: Range<Int>, at email: String? = nil) async -> Int {
        let before = hasher.count
        await withTaskGroup(of: Void.self) { group in
            for number in numbers {
                if number >= numbers.lowerBound + 100 { await group.next() }
                group.addTask { _ = await self.guess(number, at: email) }
            }
        }
        return hasher.count - before
    }

    /// An IPv6 address whose 48 bits are nobody else's.
    private static func network(_ number: Int) -> String {
        "2a00:\(String(number >> 16, radix: 16)):\(String(number & 0xFFFF, radix: 16)):7::1"
    }
}

/// Hashes nothing, and counts the passwords that it was shown.
package final class CountingHasher: PasswordHasher {
    private let state = Mutex((shown: 0, failure: nil as AuthError?))

    package init() {}

    package var count: Int { state.withLock { $0.shown } }

    /// What verifying throws from now on.
    package func fail(with error: AuthError?) { state.withLock { $0.failure = error } }

    package func hash(_ password: Secret, for app: String) async throws(AuthError) -> PasswordHash {
        try await PlainHasher().hash(password, for: app)
    }

    package func verify(
        _ password: Secret, against stored: PasswordHash?, for app: String
    ) async throws(AuthError) -> PasswordVerdict {
        let failure = state.withLock { state in
            state.shown += 1
            return state.failure
        }
        // Others come in between, as they do while a password is hashed.
        for _ in 0..<10 { await Task.yield() }
        if let failure { throw failure }
        return try await PlainHasher().verify(password, against: stored, for: app)
    }
}
