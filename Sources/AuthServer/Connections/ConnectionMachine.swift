internal import AuthAPI
internal import JSONRPC

/// What a connection does next: events in, actions out. It knows neither channel nor clock.
///
/// Whoever drives it tells it what has happened, then asks ``next(in:from:written:)`` until there is nothing left to do.
/// Where a limit is reached the connection stops reading, and the kernel makes the peer wait.
struct ConnectionMachine: ~Copyable {
    enum Action {
        /// A line to be handled; valid until the next question.
        case handle(UnsafeRawBufferPointer)
        /// A line that is too long, to be refused.
        case refuse
        /// Another protocol is spoken here; the beginning of what was said.
        case report(ForeignProtocol, [UInt8])
        /// Send what has been written.
        case send
        /// Say how much the channel holds: ``measured(_:at:)``.
        case measure
        case pause
        case resume
        case start(Timer)
        case stop(Timer)
        /// A limit has been met.
        case count(Limits.Name)
        /// Close, behind what has been written.
        case finish
        /// Close at once.
        case close
    }

    /// What is waited for. How long: ``delay(of:)``.
    enum Timer {
        /// The end of a line that has begun.
        case line
        /// The user's other connections, who have all calls that the user may have.
        case share
        /// A peer that does not take its answers.
        case backlog
        /// How long calls are still answered, with a refusal, after a stop was asked for and nothing is in flight.
        case grace
        /// How long a stop waits for a peer to take its answers.
        case patience
    }

    private enum Phase {
        case open
        /// Nothing more is read; what is in flight is answered.
        case ending
        /// It closes behind what has been written.
        case finishing
        case closed
    }

    let limits: Limits
    let share: UserShare
    /// What may be written before it is sent.
    private let bufferBytes: Int
    private var framer: LineFramer
    private var phase = Phase.open
    private var isDraining = false
    /// Whether there is input that has not been dealt with.
    private(set) var hasInput = false
    /// Calls that wait for their answer, and batches; but for those that wait for a password to be hashed.
    private var calls = 0
    /// Those that do. They are bounded apart and never keep the connection from reading.
    private var hashing = 0
    private var isReading = true
    private var isLineTimed = false
    private var isShareTimed = false
    private var isBacklogTimed = false
    private var sawLine = false
    private var backlog: Backlog
    /// What events have asked for besides.
    private var due: [Action] = []

    init(limits: Limits, share: UserShare, bufferBytes: Int, at now: UInt64) {
        self.limits = limits
        self.share = share
        self.bufferBytes = bufferBytes
        backlog = Backlog(limits: limits, share: share, at: now)
        var framing = LineFramer.Limits()
        framing.line = limits.lineBytes
        framer = LineFramer(limits: framing)
    }

    /// Whether answers are still of use.
    var isOpen: Bool { phase == .open || phase == .ending }

    /// Milliseconds.
    func delay(of timer: Timer) -> Int {
        switch timer {
        case .line: limits.lineSeconds * 1000
        case .share: 5
        case .backlog: Backlog.interval
        case .grace: 50
        case .patience: 5000
        }
    }
}

// MARK: Events

extension ConnectionMachine {
    /// The peer has sent something.
    mutating func read() {
        hasInput = isOpen
        backlog.look()
    }

    /// The peer says no more.
    mutating func inputClosed() {
        if phase == .open { phase = .ending }
    }

    /// The connection is gone.
    mutating func closed() {
        phase = .closed
        hasInput = false
        backlog.forget()
    }

    /// The channel takes more, or holds so much that it is to be watched.
    mutating func writable(_ isWritable: Bool) {
        backlog.isWritable = isWritable
        backlog.look()
    }

    /// What the channel holds.
    mutating func measured(_ bytes: Int, at now: UInt64) {
        switch backlog.measured(bytes, at: now) {
        case .fine: break
        case .held(let limit): due.append(.count(limit))
        case .over(let limit): end(at: limit)
        }
    }

    /// A call waits for its answer, or a batch has begun.
    mutating func began(_ cost: Cost) { count(1, cost) }

    mutating func completed(_ cost: Cost) {
        count(-1, cost)
        backlog.look()
    }

    mutating func fired(_ timer: Timer) {
        switch timer {
        case .line: if isLineTimed, isOpen { end(at: .lineSeconds) }
        case .share: isShareTimed = false
        case .backlog:
            isBacklogTimed = false
            backlog.look()
        case .grace: isDraining = true
        // A peer that takes no answers keeps nobody from stopping.
        case .patience: if isIdle, phase != .closed { due.append(.close) }
        }
    }

    /// Finishes what is in flight, and ends.
    mutating func drain() {
        due += [.start(.grace), .start(.patience)]
    }

    private mutating func end(at limit: Limits.Name) {
        phase = .finishing
        due += [.count(limit), .close]
    }

    private mutating func count(_ change: Int, _ cost: Cost) {
        if cost == .hashing {
            hashing += change
            share.count(hashing: change)
        } else {
            calls += change
            share.count(calls: change)
        }
    }
}

// MARK: Actions

extension ConnectionMachine {
    /// What to do next. Nil: nothing before the next event.
    ///
    /// - Parameters:
    ///   - input: what was read; `position` is moved behind what has been dealt with.
    ///   - written: bytes that have been written and not sent.
    mutating func next(
        in input: UnsafeRawBufferPointer, from position: inout Int, written: Int
    ) -> Action? {
        if !due.isEmpty { return due.removeFirst() }
        guard isOpen else { return nil }
        // Where nothing is left, no call can begin.
        let isUsedUp = position == input.count
        if hasInput, isUsedUp || written < bufferBytes && mayBegin {
            if !backlog.isLookedAt { return .measure }
            if isUsedUp || !backlog.isHeld {
                if let event = framer.next(in: input, from: &position) {
                    if let action = action(for: event) { return action }
                } else {
                    hasInput = false
                }
            }
        }
        if written > 0 {
            backlog.look()
            return .send
        }
        return lineTimer() ?? wait() ?? ending() ?? reading()
    }

    /// Whether the peer has closed its side within a line.
    private var hasLastLine: Bool { phase == .ending && framer.hasPartialLine }

    private var isIdle: Bool { calls == 0 && hashing == 0 }

    private var mayBegin: Bool { calls < limits.callsInFlight && isShareLeft }

    private var isShareLeft: Bool { share.callsInFlight < limits.callsInFlightPerUID }

    private mutating func action(for event: LineFramer.Event) -> Action? {
        sawLine = true
        switch event {
        case .line(let line): return .handle(line)
        case .overlong:
            due.append(.refuse)
            return .count(.lineBytes)
        case .foreign(let found, let head):
            phase = .finishing
            hasInput = false
            due.append(.finish)
            return .report(found, head)
        case .close:
            phase = .ending
            hasInput = false
            return nil
        }
    }

    /// A line that has begun ends in time.
    private mutating func lineTimer() -> Action? {
        let isUnfinished = framer.hasPartialLine
        if isLineTimed, sawLine || !isUnfinished {
            isLineTimed = false
            return .stop(.line)
        }
        sawLine = false
        guard isUnfinished, !isLineTimed else { return nil }
        isLineTimed = true
        return .start(.line)
    }

    /// What nobody tells of is looked at again after a while.
    private mutating func wait() -> Action? {
        if backlog.isOwing, !backlog.isLookedAt { return .measure }
        if !isBacklogTimed, backlog.isHeld || backlog.bytes > 0 {
            isBacklogTimed = true
            return .start(.backlog)
        }
        if hasInput || hasLastLine, !isShareTimed, !isShareLeft, calls < limits.callsInFlight {
            isShareTimed = true
            due.append(.start(.share))
            return .count(.callsInFlightPerUID)
        }
        return nil
    }

    /// The last line, and the end.
    private mutating func ending() -> Action? {
        guard phase == .ending || isDraining, !hasInput else { return nil }
        if hasLastLine {
            guard mayBegin else { return nil }
            if let event = framer.finish(), let action = action(for: event) { return action }
        }
        guard isIdle else { return nil }
        phase = .finishing
        return .finish
    }

    private mutating func reading() -> Action? {
        let wanted = !hasInput && !backlog.isHeld && phase == .open
        guard wanted != isReading else { return nil }
        isReading = wanted
        if !wanted, calls >= limits.callsInFlight { due.append(.count(.callsInFlight)) }
        return wanted ? .resume : .pause
    }

    /// The limit that keeps one more call from waiting for a hash. Nil: it may.
    ///
    /// - Parameter bytes: what a batch has answered already and holds meanwhile.
    func hashingLimit(holding bytes: Int = 0) -> Limits.Name? {
        if hashing >= limits.hashingInFlight { return .hashingInFlight }
        if share.hashingInFlight >= limits.callsInFlightPerUID { return .callsInFlightPerUID }
        return share.heldBytes + bytes > limits.backlogBytesPerUID ? .backlogBytesPerUID : nil
    }
}
