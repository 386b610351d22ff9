internal import CLinux
internal import Dispatch
internal import Glibc
internal import Host
internal import MVPAuth
internal import Synchronization

/// What an event loop watches. Used on that loop only.
protocol LoopSource: AnyObject {
    func become(_ ready: Readiness)
}

/// One thread that waits for descriptors, timers and work that it is given, and does what follows from them.
///
/// In a round it deals with all descriptors that are ready, then with the timers that are due and the work that it has
/// been given; what comes up meanwhile belongs to the next round. Tasks run on it too: a call that waits for the store
/// costs no switch to another thread and back.
final class EventLoop: DescriptorWaiter, @unchecked Sendable {
    // SAFETY: but for `inbox` and `signal`, which any thread may use, all of it is used on the loop's own thread.

    private enum Work {
        case body(@Sendable () -> Void)
        case job(UnownedJob)
    }

    private struct Inbox {
        var work: [Work] = []
        /// Whether the loop is going to look without being woken.
        var isAwake = true
        var isStopping = false
        var isOver = false
        var whenOver: [CheckedContinuation<Void, Never>] = []
    }

    /// A descriptor that is watched, or was: what happened to an earlier one of the same number is passed over.
    private struct Place {
        var source: (any LoopSource)?
        var generation: UInt32 = 0
    }

    private let inbox = Mutex(Inbox())
    /// Readable when the loop is to wake (eventfd(2)).
    private let signal = event_counter()
    private static let signalMark = UInt64.max

    @exclusivity(unchecked) private var poller = Poller()
    @exclusivity(unchecked) private var places: [Place] = []
    @exclusivity(unchecked) private var timers = LoopTimers()
    @exclusivity(unchecked) private var round: [Work] = []
    /// What is to be done when the sockets, timers and work of this round have been dealt with.
    @exclusivity(unchecked) private var atEnd: [() -> Void] = []
    /// How many tasks wait for a descriptor.
    @exclusivity(unchecked) private var waits = 0
    /// Is told of the end of each round, and says whether the next one is to follow at once.
    @exclusivity(unchecked) private var endRound: () -> Bool = { false }

    private let name: String

    /// - Parameter name: what the thread is called, 15 bytes at most.
    init(_ name: String) {
        self.name = name
        precondition(signal >= 0, "an eventfd could not be made")
        poller.add(signal, mark: Self.signalMark, .readable)
    }

    deinit { close(signal) }

    /// Starts the thread. To be called once.
    func start() {
        precondition(HostThread.start { self.run() }, "a thread could not be started")
    }

    // MARK: From any thread

    /// Does something on the loop, in a round to come. Once the loop has ended it is not done.
    func execute(_ body: @escaping @Sendable () -> Void) { give(.body(body)) }

    func enqueue(_ job: consuming ExecutorJob) { give(.job(UnownedJob(job))) }

    private func give(_ work: Work) {
        let (isOver, isAsleep) = inbox.withLock { inbox in
            if inbox.isOver { return (true, false) }
            inbox.work.append(work)
            defer { inbox.isAwake = true }
            return (false, !inbox.isAwake)
        }
        if isAsleep { wake() }
        // A task that outlives the connections ends all the same.
        if isOver, case .job = work { DispatchQueue.global().async { self.perform(work) } }
    }

    private func wake() {
        var one: UInt64 = 1
        // It never fails: the counter is far from full, and open as long as the loop is there.
        _ = write(signal, &one, MemoryLayout.size(ofValue: one))
    }

    /// Ends the loop when what it has been given is done.
    func stop() async {
        await withCheckedContinuation { continuation in
            let isOver = inbox.withLock { inbox in
                inbox.isStopping = true
                if !inbox.isOver { inbox.whenOver.append(continuation) }
                return inbox.isOver
            }
            if isOver { continuation.resume() } else { wake() }
        }
    }

    // MARK: On the loop

    func wait(for descriptor: Int32, orWriting isWriting: Bool, until deadline: UInt64) async -> Bool? {
        if inbox.withLock({ $0.isOver }) { return nil }
        waits += 1
        defer { waits -= 1 }
        return await withCheckedContinuation { continuation in
            let wait = DescriptorWait(for: descriptor, on: self, continuation)
            watch(descriptor, for: wait, isWriting ? [.readable, .writable] : .readable)
            wait.timer = timers.add(at: deadline) { wait.finish(isInTime: false) }
        }
    }

    /// Tells a source what happens to its descriptor, and keeps it, until ``forget(_:)``.
    func watch(_ descriptor: Int32, for source: any LoopSource, _ wanted: Readiness) {
        let index = Int(descriptor)
        while places.count <= index { places.append(Place()) }
        places[index].source = source
        places[index].generation &+= 1
        poller.add(descriptor, mark: mark(of: descriptor), wanted)
    }

    func change(_ descriptor: Int32, to wanted: Readiness) {
        poller.change(descriptor, mark: mark(of: descriptor), to: wanted)
    }

    /// To be called before the descriptor is closed.
    func forget(_ descriptor: Int32) {
        poller.remove(descriptor)
        places[Int(descriptor)].source = nil
    }

    private func mark(of descriptor: Int32) -> UInt64 {
        UInt64(places[Int(descriptor)].generation) << 32 | UInt64(descriptor)
    }

    func schedule(milliseconds: Int, _ body: @escaping () -> Void) -> LoopTimer {
        timers.add(at: SystemTime().uptime() + UInt64(milliseconds) * 1_000_000, body)
    }

    func cancel(_ timer: LoopTimer) { timers.cancel(timer) }

    /// Does something once this round's sockets, timers and work have been dealt with.
    func atEndOfRound(_ body: @escaping () -> Void) { atEnd.append(body) }

    func onEndOfRounds(_ body: @escaping () -> Bool) { endRound = body }

    private func run() {
        _ = thread_set_name(name)
        var isNextDue = false
        var told = 0
        while let milliseconds = timeout(isNextDue: isNextDue) {
            told = wait(milliseconds: milliseconds, afterWork: told > 0)
            // What comes up from here on is looked at before the next wait.
            inbox.withLock { $0.isAwake = true }
            for number in 0..<told { tell(poller[number]) }
            fireTimers()
            inbox.withLock { swap(&$0.work, &round) }
            for work in round { perform(work) }
            round.removeAll(keepingCapacity: true)
            let atEnd = atEnd
            self.atEnd.removeAll(keepingCapacity: true)
            for body in atEnd { body() }
            isNextDue = endRound()
        }
        for continuation in inbox.withLock({ $0.whenOver }) { continuation.resume() }
    }

    /// How much there is to tell. After work the loop looks once more before it sleeps, when whoever else wants the
    /// processor has had it: what has come by then costs nobody a wake-up, which is dearer than the look.
    private func wait(milliseconds: Int32, afterWork: Bool) -> Int {
        if afterWork, milliseconds != 0 {
            sched_yield()
            let told = poller.wait(milliseconds: 0)
            if told > 0 { return told }
        }
        return poller.wait(milliseconds: milliseconds)
    }

    private func tell(_ event: (mark: UInt64, ready: Readiness)) {
        if event.mark == Self.signalMark { return clearSignal() }
        let place = places[Int(event.mark & 0xFFFF_FFFF)]
        if place.generation == UInt32(event.mark >> 32) { place.source?.become(event.ready) }
    }

    /// How many milliseconds to wait for sockets; nil: the loop is over.
    private func timeout(isNextDue: Bool) -> Int32? {
        let (isDue, isOver) = inbox.withLock { inbox in
            let hasWork = !inbox.work.isEmpty || !atEnd.isEmpty
            inbox.isAwake = hasWork || isNextDue
            // What is given from here on is not taken.
            inbox.isOver = inbox.isStopping && !hasWork && waits == 0
            return (inbox.isAwake, inbox.isOver)
        }
        if isOver { return nil }
        if isDue { return 0 }
        guard let due = timers.next else { return -1 }
        let now = SystemTime().uptime()
        return due > now ? Int32(clamping: (due - now + 999_999) / 1_000_000) : 0
    }

    private func clearSignal() {
        var count: UInt64 = 0
        _ = read(signal, &count, MemoryLayout.size(ofValue: count))
    }

    private func fireTimers() {
        guard let due = timers.next else { return }
        let now = SystemTime().uptime()
        guard due <= now else { return }
        while let body = timers.popDue(at: now) { body() }
    }

    private func perform(_ work: Work) {
        switch work {
        case .body(let body): body()
        case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
