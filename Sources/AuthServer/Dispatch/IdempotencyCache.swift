internal import JSONRPC
internal import MVPAuth
internal import Synchronization

/// The answers of calls that carried an idempotency key, for a minute: whoever sends such a call again gets the answer
/// and not another execution. A call that comes while the first is being executed waits for it.
///
/// Kept in memory. `auth.refresh` is not kept here: the store remembers its key with the rotation itself, so that a
/// retry is answered after a crash and by another daemon too.
final class IdempotencyCache: Sendable {
    /// Whose call it is. What anybody else sends under the same key is another call.
    struct Key: Hashable {
        let uid: UInt32
        let app: String
        let roles: UInt8
        let method: ShortBytes
        let key: [UInt8]
    }

    enum Outcome: Sendable {
        /// The result as JSON.
        case result([UInt8])
        case failure(AuthError)

        /// Whether the answer is known to be final. One that says that the call may succeed later is not: the call may
        /// be made again.
        fileprivate var isFinal: Bool {
            switch self {
            case .result: true
            case .failure(let error):
                !error.code.isRetryable && error.code != .cancelled && error.code != .internalError
            }
        }

        fileprivate var size: Int {
            if case .result(let bytes) = self { bytes.count } else { 0 }
        }
    }

    private static let lifetime: UInt64 = 60_000_000_000
    static let mostEntries = 10_000
    static let mostEntriesOfUser = mostEntries / 4
    static let mostBytes = 16 << 20

    private struct State: ~Copyable {
        var users: [UInt32: IdempotencyEntries] = [:]
        var count = 0
        var bytes = 0

        /// Runs `change` on one user's entries and keeps the sums.
        mutating func change<R>(_ uid: UInt32, _ change: (inout IdempotencyEntries) -> R) -> R {
            var entries = users.removeValue(forKey: uid) ?? IdempotencyEntries()
            count -= entries.count
            bytes -= entries.bytes
            defer {
                count += entries.count
                bytes += entries.bytes
                if entries.count > 0 { users[uid] = entries }
            }
            return change(&entries)
        }
    }

    private let state = Mutex(State())
    private let time: any TimeSource
    private let sha256: @Sendable (String) -> String
    /// Of this process only: a digest that is found somewhere says nothing of the params to whoever guesses them.
    private let secret: String

    init(
        time: any TimeSource, entropy: any Entropy = SystemEntropy(), sha256: @escaping @Sendable (String) -> String
    ) {
        self.time = time
        self.sha256 = sha256
        secret = sha256(entropy.bytes(32).map { String($0) }.joined(separator: " "))
    }

    /// What params are known by. Keyed and hashed twice, as in HMAC.
    func digest(of params: [UInt8]) -> String {
        sha256(secret + sha256(secret + String(decoding: params, as: UTF8.self)))
    }

    var count: Int { state.withLock { $0.count } }

    /// The answer that is kept under the key, else what `work` answers.
    ///
    /// - Parameter params: their digest.
    ///
    /// Throws -32602 when the key was used for other params, and `OVERLOADED` when nothing more can be kept.
    func outcome(
        of key: Key, params: String, _ work: () async -> Outcome
    ) async throws(AuthError) -> Outcome {
        let outcome = await withCheckedContinuation {
            (continuation: CheckedContinuation<IdempotencyEntries.Finding, Never>) in
            let finding = state.withLock { state in
                let isFull = state.count >= Self.mostEntries || state.bytes >= Self.mostBytes
                return state.change(key.uid) {
                    $0.begin(key, params, at: time.uptime(), isFull: isFull, waiter: continuation)
                }
            }
            if let finding { continuation.resume(returning: finding) }
        }
        switch outcome {
        case .known(let outcome): return outcome
        case .otherParams:
            throw AuthError(
                .invalidParams, fields: [.init("meta.idempotency_key", "was used for another call a moment ago")])
        case .full: throw AuthError(.overloaded, retryAfterMilliseconds: 1000)
        case .unknown:
            let outcome = await work()
            let waiters = state.withLock { state in
                let hasRoom = state.bytes + outcome.size <= Self.mostBytes
                return state.change(key.uid) {
                    $0.settle(
                        key, outcome, size: outcome.size,
                        until: outcome.isFinal && hasRoom ? time.uptime() + Self.lifetime : nil)
                }
            }
            for waiter in waiters { waiter.resume(returning: .known(outcome)) }
            return outcome
        }
    }

    /// Forgets what has expired.
    func purge() {
        state.withLock { state in
            for uid in state.users.keys { state.change(uid) { $0.removeExpired(at: time.uptime()) } }
        }
    }
}
