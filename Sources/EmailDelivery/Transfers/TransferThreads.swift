internal import Glibc
internal import Host
internal import Synchronization

/// Threads for transfers, which block: a few, each with its own libcurl and so with its own connection to the server.
/// Whoever was used last is used next, so that a connection is reused while there is little to do.
final class TransferThreads: Sendable {
    private struct Job: Sendable {
        let transfer: Transfer
        let cancellation: CurlConversation.Cancellation
        let answer: CheckedContinuation<TransferResult, Never>
    }

    private struct State {
        var idle: [TransferThread] = []
        var waiting: [Job] = []
        var started = 0
        var isClosed = false
    }

    let most: Int
    private let state = Mutex(State())
    private let running = Atomic(0)

    init(most: Int) {
        self.most = most
    }

    /// Makes a transfer on one of the threads. A task that is cancelled ends it within a second.
    func perform(_ transfer: Transfer) async -> TransferResult {
        let cancellation = CurlConversation.Cancellation()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { submit(Job(transfer: transfer, cancellation: cancellation, answer: $0)) }
        } onCancel: {
            cancellation.want()
        }
    }

    /// Says goodbye to the servers, for as long as that may take.
    func close(within patience: Duration) async {
        let idle = state.withLock { state in
            defer { state.idle = [] }
            state.isClosed = true
            return state.idle
        }
        for thread in idle { thread.wake() }
        let deadline = ContinuousClock.now + patience
        while running.load(ordering: .acquiring) > 0, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func submit(_ job: Job) {
        let (thread, isNew) = state.withLock { state -> (TransferThread?, Bool) in
            state.waiting.append(job)
            if let thread = state.idle.popLast() { return (thread, false) }
            guard state.started < most, !state.isClosed else { return (nil, false) }
            state.started += 1
            return (TransferThread(), true)
        }
        guard let thread else { return refuseAll() }
        guard isNew else { return thread.wake() }
        running.wrappingAdd(1, ordering: .relaxed)
        let isStarted = HostThread.start { [self] in
            serve(thread)
            running.wrappingSubtract(1, ordering: .releasing)
        }
        guard !isStarted else { return }
        running.wrappingSubtract(1, ordering: .relaxed)
        state.withLock { $0.started -= 1 }
        refuseAll()
    }

    /// Where no thread will ever take what waits.
    private func refuseAll() {
        let jobs = state.withLock { state in
            guard state.started == 0 || state.isClosed else { return [Job]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for job in jobs { job.answer.resume(returning: .unavailable) }
    }

    /// What a thread does all its life.
    private func serve(_ thread: TransferThread) {
        let handle = CurlHandle()
        while true {
            let (job, isClosed) = state.withLock { state -> (Job?, Bool) in
                if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
                if !state.isClosed { state.idle.append(thread) }
                return (nil, state.isClosed)
            }
            if let job {
                let result = job.cancellation.isWanted ? nil : handle?.perform(job.transfer, job.cancellation)
                job.answer.resume(returning: result ?? .unavailable)
            } else if isClosed {
                return
            } else {
                thread.sleep()
            }
        }
    }
}

extension TransferResult {
    /// Nothing was tried.
    fileprivate static var unavailable: Self {
        var result = Self()
        result.problem = "no transfer could be begun"
        return result
    }
}

/// A thread that sleeps until there is something to do.
private final class TransferThread: @unchecked Sendable {
    // SAFETY: the semaphore is initialised before anybody has the value, and destroyed with it; sem_wait and sem_post may
    // be called from any thread (sem_overview(7)).
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func wake() { sem_post(semaphore) }

    func sleep() {
        while sem_wait(semaphore) != 0, errno == EINTR {}
    }
}
