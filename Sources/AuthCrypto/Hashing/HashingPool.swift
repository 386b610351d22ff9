public import MVPAuth
internal import Synchronization

/// Hashes passwords on threads of its own, one for each core, at a lower priority than the event loops, so that a storm
/// of logins leaves verification fast. What waits is bounded; apps take turns.
public final class HashingPool: PasswordHasher {
    private let scheme: PasswordScheme
    private let queue: FairQueue<HashingJob>
    private let threads: Int
    private let usual: UsualTime
    /// A moving mean of what one job took, in nanoseconds.
    private let meanNanoseconds = Atomic<UInt64>(250_000_000)
    private let meter = Mutex<HashingMeter?>(nil)

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
        self.threads = max(1, threads ?? Processors.count)
        queue = FairQueue(capacity: capacity) { $0.displace() }
        usual = UsualTime(decoy: scheme.decoys(and: nil)[0])
        calibrate(nil)
        for _ in 0..<self.threads { HashingThread.start(taking: queue) }
    }

    deinit { queue.close() }

    public func hash(_ password: Secret, for app: String) async throws(AuthError) -> PasswordHash {
        let scheme = scheme
        let meter = meter.withLock { $0 }
        let hash = try await run(for: app) {
            let start = SystemTime().uptime()
            let hash = scheme.hash(password.reveal())
            let form = hash.flatMap { PasswordForm(of: $0.text) }
            meter?.note(HashingMeter.Algorithm(form), nanoseconds: SystemTime().uptime() - start)
            return hash
        }
        guard let hash else { throw AuthError(.internalError, "A password could not be hashed.") }
        return hash
    }

    /// A refusal takes as long as one usually does, whatever the stored hash: see `UsualTime`.
    public func verify(
        _ password: Secret, against stored: PasswordHash?, for app: String
    ) async throws(AuthError) -> PasswordVerdict {
        let (scheme, usual, meter) = (scheme, usual, meter.withLock { $0 })
        let (verification, start) = try await run(for: app) {
            let start = SystemTime().uptime()
            let verification = scheme.verify(password.reveal(), against: stored, else: usual.decoy)
            let time = SystemTime().uptime() - start
            usual.note(verification, took: time)
            if verification.computations > 0 {
                meter?.note(HashingMeter.Algorithm(verification.form), nanoseconds: time)
            }
            return (verification, start)
        }
        if verification.verdict == .mismatch {
            let (end, now) = (start &+ usual.duration(of: verification), SystemTime().uptime())
            // The password was looked at: whoever does not wait for the answer has had an attempt all the same.
            if end > now, (try? await Task.sleep(nanoseconds: end - now)) == nil {
                throw AuthError(.cancelled, executed: true)
            }
        }
        return verification.verdict
    }

    public func expect(_ form: PasswordForm) {
        calibrate(form)
    }

    public func refusal(of foreign: Secret) -> HashRefusal? { scheme.refusal(of: foreign.reveal()) }

    public func adopt(_ foreign: Secret, for app: String) async throws(AuthError) -> PasswordHash {
        let scheme = scheme
        if let refusal = refusal(of: foreign) { throw AuthError(refusal) }
        guard scheme.isFast(foreign.reveal()) else { return PasswordHash(foreign.reveal(), isImported: true) }
        guard let hash = try await run(for: app, { try? scheme.adopt(foreign.reveal()) }) else {
            throw AuthError(.internalError, "A password could not be hashed.")
        }
        return hash
    }

    /// Finds out on one of the threads what is usual. Until then the configured hash is.
    private func calibrate(_ form: PasswordForm?) {
        let (scheme, usual) = (scheme, usual)
        let job = HashingJob(run: { usual.calibrate(scheme.decoys(and: form), scheme) }, displace: {})
        _ = queue.append(job, for: "")
    }

    /// Runs `body` on a thread of the pool. Throws `OVERLOADED`, or `CANCELLED` when the task was cancelled while it waited.
    private func run<R: Sendable>(
        for app: String, _ body: @escaping @Sendable () -> R
    ) async throws(AuthError) -> R {
        let ticket = Ticket()
        let (timing, arrival) = (CallTiming.current, SystemTime().uptime())
        let result: Result<R, AuthError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = OneAnswer<Result<R, AuthError>> { continuation.resume(returning: $0) }
                let job = HashingJob(
                    run: { [self] in
                        let start = SystemTime().uptime()
                        timing?.addWait(nanoseconds: start &- arrival)
                        let value = body()
                        measure(SystemTime().uptime() - start)
                        answer(.success(value))
                    },
                    displace: { [self] in answer(.failure(overload)) })
                guard let id = queue.append(job, for: app) else { return answer(.failure(overload)) }
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

    private var overload: AuthError { AuthError(.overloaded, retryAfterMilliseconds: backlogMilliseconds) }

    private var backlogMilliseconds: Int {
        let mean = meanNanoseconds.load(ordering: .relaxed) / 1_000_000
        return max(100, Int(clamping: UInt64(queue.waitingCount + 1) * mean / UInt64(threads)))
    }

    private func measure(_ nanoseconds: UInt64) {
        let mean = meanNanoseconds.load(ordering: .relaxed)
        meanNanoseconds.store(mean - mean / 8 + nanoseconds / 8, ordering: .relaxed)
    }
}

extension HashingPool: MeasuredHasher {
    package var waiting: [String: Int] { queue.waitingByApp }

    package func measure(with meter: HashingMeter) {
        self.meter.withLock { $0 = meter }
    }
}
