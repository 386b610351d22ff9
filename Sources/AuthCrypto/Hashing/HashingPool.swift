internal import Glibc
public import MVPAuth
internal import Synchronization

/// Hashes passwords on threads of its own, one for each core, at a lower priority than the event loops, so that a storm
/// of logins leaves verification fast. What waits is bounded; apps take turns.
public final class HashingPool: PasswordHasher {
    private typealias Job = @Sendable () -> Void

    private let scheme: PasswordScheme
    private let queue: FairQueue<Job>
    private let threads: Int
    /// A moving mean of what one job took, in nanoseconds.
    private let meanNanoseconds = Atomic<UInt64>(250_000_000)

    /// Hashes with bcrypt, and with argon2id what is longer than bcrypt's 72 bytes.
    public convenience init(
        _ bcrypt: Bcrypt = Bcrypt(), long: Argon2id = Argon2id(), threads: Int? = nil, capacity: Int = 256,
        onUnusableHash: @escaping @Sendable () -> Void = {}
    ) {
        self.init(
            PasswordScheme(choice: .bcrypt, bcrypt: bcrypt, argon2id: long, onUnusableHash: onUnusableHash),
            threads: threads, capacity: capacity)
    }

    /// Hashes with argon2id. Bcrypt hashes still verify, and are replaced at the next login.
    public convenience init(
        _ argon2id: Argon2id, threads: Int? = nil, capacity: Int = 256,
        onUnusableHash: @escaping @Sendable () -> Void = {}
    ) {
        self.init(
            PasswordScheme(choice: .argon2id, bcrypt: Bcrypt(), argon2id: argon2id, onUnusableHash: onUnusableHash),
            threads: threads, capacity: capacity)
    }

    private init(_ scheme: PasswordScheme, threads: Int?, capacity: Int) {
        self.scheme = scheme
        self.threads = max(1, threads ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        queue = FairQueue(capacity: capacity)
        for _ in 0..<self.threads { HashingThread.start(taking: queue) }
    }

    deinit { queue.close() }

    public func hash(_ password: Secret, for app: String) async throws(AuthError) -> PasswordHash {
        let scheme = scheme
        guard let hash = try await run(for: app, { scheme.hash(password.reveal()) }) else {
            throw AuthError(.internalError, "A password could not be hashed.")
        }
        return hash
    }

    public func verify(
        _ password: Secret, against stored: PasswordHash?, for app: String
    ) async throws(AuthError) -> PasswordVerdict {
        let scheme = scheme
        return try await run(for: app) { scheme.verify(password.reveal(), against: stored) }
    }

    /// Runs `body` on a thread of the pool. Throws `OVERLOADED`, or `CANCELLED` when the task was cancelled while it waited.
    private func run<R: Sendable>(
        for app: String, _ body: @escaping @Sendable () -> R
    ) async throws(AuthError) -> R {
        let ticket = Ticket()
        let result: Result<R, AuthError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = OneAnswer<Result<R, AuthError>> { continuation.resume(returning: $0) }
                let id = queue.append(
                    { [self] in
                        let start = SystemTime().uptime()
                        let value = body()
                        measure(SystemTime().uptime() - start)
                        answer(.success(value))
                    }, for: app)
                guard let id else {
                    return answer(.failure(AuthError(.overloaded, retryAfterMilliseconds: backlogMilliseconds)))
                }
                ticket.give { [queue] in
                    guard queue.remove(id, of: app) != nil else { return }
                    answer(.failure(AuthError(.cancelled)))
                }
            }
        } onCancel: {
            ticket.cancel()
        }
        return try result.get()
    }

    private var backlogMilliseconds: Int {
        let mean = meanNanoseconds.load(ordering: .relaxed) / 1_000_000
        return max(100, Int(clamping: UInt64(queue.waitingCount + 1) * mean / UInt64(threads)))
    }

    private func measure(_ nanoseconds: UInt64) {
        let mean = meanNanoseconds.load(ordering: .relaxed)
        meanNanoseconds.store(mean - mean / 8 + nanoseconds / 8, ordering: .relaxed)
    }
}

/// Resumes a waiter at most once: the thread that did the work and the cancellation may both try.
private final class OneAnswer<Value: Sendable>: Sendable {
    private let resume: Mutex<(@Sendable (Value) -> Void)?>

    init(_ resume: @escaping @Sendable (Value) -> Void) {
        self.resume = Mutex(resume)
    }

    func callAsFunction(_ value: Value) {
        let resume = resume.withLock { resume in
            defer { resume = nil }
            return resume
        }
        resume?(value)
    }
}

/// Brings a cancellation to the job that it is meant for, whichever of the two comes first.
private final class Ticket: Sendable {
    private enum State {
        case pending
        case given(@Sendable () -> Void)
        case cancelled
    }

    private let state = Mutex(State.pending)

    func give(_ cancel: @escaping @Sendable () -> Void) {
        let isCancelled = state.withLock { state in
            if case .cancelled = state { return true }
            state = .given(cancel)
            return false
        }
        if isCancelled { cancel() }
    }

    func cancel() {
        let cancel: (@Sendable () -> Void)? = state.withLock { state in
            defer { state = .cancelled }
            if case .given(let cancel) = state { return cancel }
            return nil
        }
        cancel?()
    }
}
