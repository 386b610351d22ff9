internal import AuthAPI
internal import JSONRPC

/// What a connection does next: events in, actions out. It knows neither socket nor clock.
///
/// Whoever drives it tells it what has happened, then asks ``next(in:from:written:isTurnOver:)`` until there is nothing left to do.
/// Where a limit is reached the connection stops reading, and the kernel makes the peer wait.
struct ConnectionMachine: ~Copyable {
    enum Action {
        /// A line to be handled; valid until the next question.
        case handle(UnsafeRawBufferPointer)
        /// Go on with the batch that has been waiting for longest.
        case continueBatch
        /// Wait for a turn on the event loop: ``turn()``.
        case queue
        /// A line that is too long, to be refused.
        case refuse
        /// Another protocol is spoken here; the beginning of what was said.
        case report(ForeignProtocol, [UInt8])
        /// Send what has been written.
        case send
        /// Say how much the peer has left to be taken: ``measured(_:at:)``.
        case measure
        case pause
        case resume
        case start(Timer)
        case stop(Timer)
        /// A limit has been met.
        case count(Limits.Name)
        /// Close, after what has been written.
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
        /// It closes after what has been written.
        case finishing
        /// The peer is gone while the connection waited for a turn: what it had sent is done all the same.
        case gone
        case closed
    }

    /// Bytes that are read on while a turn is waited for.
    private static let readAhead = 1024
    /// Bytes that are still dealt with when the peer has gone: a line at least, and what is read at once.
    private static let farewell = 65_536

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
    /// Batches that wait for a turn. What follows them waits too.
    private var batches = 0
    /// Whether the connection waits for a turn.
    private var isQueued = false
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
        case .backlog: backlog.interval
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
        guard phase == .open else { return }
        phase = .ending
        // All that it has sent is here by now: it is not to lie here for long.
        backlog.hurry()
        guard isBacklogTimed else { return }
        isBacklogTimed = false
        due.append(.stop(.backlog))
    }

    /// The connection is gone, and all timers with it. What only waited for its turn is done, unless that is much; what
    /// the limits kept waiting is not.
    ///
    /// - Parameter bytes: input that has not been dealt with.
    mutating func closed(holding bytes: Int) {
        phase = isQueued && bytes <= Self.farewell ? .gone : .closed
        backlog.forget()
        due.removeAll()
        (isLineTimed, isShareTimed, isBacklogTimed) = (false, false, false)
        guard phase == .closed else { return }
        hasInput = false
        count(-batches, .store)
        batches = 0
    }

    /// Whether what has been written can still be sent.
    var canSend: Bool { isOpen || phase == .finishing }

    /// Whether nothing more will be done.
    var isOver: Bool { phase == .closed }

    /// It has a turn.
    mutating func turn() { isQueued = false }

    /// A batch, which is a call in flight, has not been answered and could go on at once.
    mutating func paused() {
        if phase == .closed { count(-1, .store) } else { batches += 1 }
    }

    /// The peer takes more, or has left so much that it is to be watched.
    mutating func writable(_ isWritable: Bool) {
        backlog.isWritable = isWritable
        backlog.look()
    }

    /// What the peer has left to be taken.
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

    /// Finishes what is in flight, and ends. One that has closed by now has nothing to wait for.
    mutating func drain() {
        guard phase != .gone, phase != .closed else { return }
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
    ///   - input: what was read; `position` is moved past what has been dealt with.
    ///   - written: bytes that have been written and not sent.
    ///   - isTurnOver: whether others of the loop are to have their turn first.
    mutating func next(
        in input: UnsafeRawBufferPointer, from position: inout Int, written: Int, isTurnOver: () -> Bool
    ) -> Action? {
        if !due.isEmpty { return due.removeFirst() }
        guard isOpen || phase == .gone else { return nil }
        var wantsTurn = false
        if batches > 0, !isQueued {
            wantsTurn = isTurnOver()
            if !wantsTurn {
                batches -= 1
                return .continueBatch
            }
        }
        // Where nothing is left, no call can begin.
        let isUsedUp = position == input.count
        if hasInput, isUsedUp || batches == 0 && !isQueued && written < bufferBytes && mayBegin {
            if phase != .gone, !backlog.isLookedAt { return .measure }
            if phase == .gone || isUsedUp || !backlog.isHeld {
                if !isUsedUp, isTurnOver() {
                    wantsTurn = true
                } else if let event = framer.next(in: input, from: &position) {
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
        if wantsTurn {
            isQueued = true
            return .queue
        }
        if phase == .gone { return wait() ?? ending() }
        return lineTimer() ?? wait() ?? ending() ?? reading(input.count - position)
    }

    /// Whether the peer has closed its side within a line.
    private var hasLastLine: Bool { (phase == .ending || phase == .gone) && framer.hasPartialLine }

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
            if phase == .open { phase = .ending }
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
        if isOpen, backlog.isOwing, !backlog.isLookedAt { return .measure }
        if isOpen, !isBacklogTimed, backlog.isHeld || backlog.bytes > 0 {
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
        guard phase != .open || isDraining, !hasInput else { return nil }
        if hasLastLine {
            guard mayBegin, batches == 0 else { return nil }
            if let event = framer.finish(), let action = action(for: event) { return action }
        }
        if phase == .gone {
            if batches == 0 { phase = .closed }
            return nil
        }
        guard isIdle else { return nil }
        phase = .finishing
        return .finish
    }

    /// While it waits for its turn it goes on reading, a little: most have nothing more to say.
    private mutating func reading(_ bytes: Int) -> Action? {
        let isLittle = !hasInput || isQueued && bytes < Self.readAhead
        let wanted = isLittle && !backlog.isHeld && phase == .open
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
