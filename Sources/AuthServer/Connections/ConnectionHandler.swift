internal import AuthAPI
internal import DequeModule
internal import JSONRPC
internal import Logging
internal import MVPAuth
internal import StrictJSON

/// One connection of an event loop: tells its ``ConnectionMachine`` what happens to its socket, and does what that says.
final class ConnectionHandler: LoopSource, TurnTaker, @unchecked Sendable {
    // SAFETY: used on its loop only. Others hold it to give that loop something to do with it.

    let state: ConnectionState
    let dispatcher: Dispatcher
    let server: ServerState
    let resources: LoopResource
    // One of its methods at a time uses it: an access within another would be one of `act` within itself, which that
    // refuses.
    @exclusivity(unchecked) var machine: ConnectionMachine
    @exclusivity(unchecked) private var socket: PeerSocket
    /// What was read and not yet dealt with.
    @exclusivity(unchecked) private var input = ByteQueue()
    private var timers: [ConnectionMachine.Timer: LoopTimer] = [:]
    private let user: LoopTurns.User
    /// Batches that wait for a turn.
    var batches = Deque<BatchCall>()
    /// What the loop tells of.
    @exclusivity(unchecked) private var watched: Readiness = .readable
    @exclusivity(unchecked) private var isReading = true
    /// Whether the peer has said that it says no more.
    private var isInputOver = false
    /// Whether so little waits to be taken that the machine need not care.
    @exclusivity(unchecked) private var isWritable = true
    @exclusivity(unchecked) private var isActing = false
    @exclusivity(unchecked) private var isSendingPlanned = false
    /// Whether it closes once nothing waits to be taken.
    @exclusivity(unchecked) private var isFinishing = false
    /// Whether it closes when what is being done is done.
    @exclusivity(unchecked) private var isToClose = false
    /// More than this waiting to be taken is told to the machine.
    private let mark: Int
    private let whenClosed: (ConnectionHandler) -> Void

    /// - Parameter socket: is watched from now on.
    init(
        _ socket: consuming PeerSocket, state: ConnectionState, dispatcher: Dispatcher, server: ServerState,
        resources: LoopResource, whenClosed: @escaping (ConnectionHandler) -> Void
    ) {
        self.state = state
        self.dispatcher = dispatcher
        self.server = server
        self.resources = resources
        self.whenClosed = whenClosed
        machine = ConnectionMachine(
            limits: state.limits, share: state.share, bufferBytes: state.bufferBytes, at: SystemTime().uptime())
        mark = min(state.bufferBytes, state.limits.backlogBytes)
        user = resources.turns.join(state.share)
        self.socket = socket
        resources.loop.watch(self.socket.descriptor, for: self, watched)
        // Both are forgotten when the connection closes.
        state.onNotify { [self] event in resources.loop.execute { self.notify(event) } }
    }

    // MARK: What happens

    func become(_ ready: Readiness) {
        if ready.contains(.writable) { sendUnsent() }
        if !ready.isDisjoint(with: .gone) {
            // What the peer had sent comes first.
            while socket.isOpen, receive() {}
            close()
        } else if ready.contains(.readable), socket.isOpen {
            _ = receive()
        }
    }

    /// What is read at once, between these bounds: some tens of calls. The rest waits in the kernel.
    static let readBytes = 8192...32_768

    /// Reads once. False: there was nothing.
    private func receive() -> Bool {
        let most = min(max(state.bufferBytes / 2, Self.readBytes.lowerBound), Self.readBytes.upperBound)
        let isFresh = input.isEmpty
        let arrival =
            isFresh
            ? socket.receive(into: UnsafeMutableRawBufferPointer(rebasing: resources.input[..<most]))
            : socket.receive(into: &input, atMost: most)
        switch arrival {
        case .bytes(let count):
            machine.read()
            act(on: isFresh ? UnsafeMutableRawBufferPointer(rebasing: resources.input[..<count]) : nil)
            return true
        case .nothing: break
        case .end:
            isInputOver = true
            watch()
            machine.inputClosed()
            act()
        case .failure: close()
        }
        return false
    }

    private func notify(_ event: some RPCNotification) {
        guard machine.isOpen else { return }
        try? resources.writer.notification(type(of: event).spec.name, params: event)
        act()
    }

    /// Finishes what is in flight and closes.
    func drain() {
        if state.hasSaidHello { try? resources.writer.notification(Draining.spec.name, params: Draining()) }
        machine.drain()
        act()
    }

    /// The connection has a turn on its event loop.
    func turn() {
        machine.turn()
        act()
    }

    // MARK: What is done

    /// Does what the machine says, until there is nothing left to do before the next event. What happens meanwhile is
    /// told to the machine and done in the same run.
    ///
    /// - Parameter fresh: what has just been read; nothing waits then that was read before.
    func act(on fresh: UnsafeMutableRawBufferPointer? = nil) {
        guard !isActing else { return }
        isActing = true
        resources.turns.begin(user)
        let bytes = fresh.map { UnsafeRawBufferPointer($0) } ?? input.bytes
        var position = 0
        while !isToClose {
            let written = resources.writer.json.count
            let action = machine.next(in: bytes, from: &position, written: written) {
                resources.turns.isOver(written: written)
            }
            guard let action else { break }
            perform(action)
        }
        // The writer is the loop's: what this connection cannot be sent is no other's.
        if resources.writer.json.count > 0 { send() }
        let used = machine.hasInput ? position : bytes.count
        if let fresh {
            input.append(UnsafeRawBufferPointer(rebasing: bytes[used...]))
            // Any line may have held a token or a password.
            overwrite(fresh)
        } else {
            input.removeFirst(used)
        }
        resources.turns.finish(user)
        isActing = false
        if isToClose { close() }
    }

    private func perform(_ action: ConnectionMachine.Action) {
        switch action {
        case .handle(let line):
            begin(line)
            resources.parser.forget()
        case .continueBatch: if let batch = batches.popFirst() { continueBatch(batch) }
        case .queue: resources.turns.wait(self, of: user)
        case .refuse:
            dispatcher.refuse(
                nil, .messageTooLarge(limit: state.limits.lineBytes), on: state, writer: &resources.writer)
        case .report(let found, let head):
            server.logger.warning(
                "\(found) was spoken on the socket; the connection was closed",
                metadata: ["uid": "\(state.peer.uid)", "pid": "\(state.peer.pid)", "head": "\(excerpt(head))"])
        case .send: send()
        case .measure: machine.measured(socket.unsent, at: SystemTime().uptime())
        case .pause: read(false)
        case .resume: read(true)
        case .start(let timer): start(timer)
        case .stop(let timer): if let timer = timers.removeValue(forKey: timer) { resources.loop.cancel(timer) }
        case .count(let limit): server.countLimit(limit)
        case .finish:
            isFinishing = true
            send()
        case .close: isToClose = true
        }
    }

    private func read(_ isWanted: Bool) {
        isReading = isWanted
        watch()
    }

    private func watch() {
        var wanted: Readiness = isReading && !isInputOver ? .readable : []
        if socket.unsent > 0 { wanted.insert(.writable) }
        guard wanted != watched, socket.isOpen else { return }
        watched = wanted
        resources.loop.change(socket.descriptor, to: wanted)
    }

    private func start(_ timer: ConnectionMachine.Timer) {
        // It keeps the connection: one that has closed may still wait for its user's other calls.
        timers[timer] = resources.loop.schedule(milliseconds: machine.delay(of: timer)) { [self] in
            timers[timer] = nil
            machine.fired(timer)
            act()
        }
    }

    /// What it has been given to do for others comes to its end without it: it closes, and is forgotten.
    private func close() {
        guard !isActing else { return isToClose = true }
        guard socket.isOpen else { return }
        // What only waited for its turn is done all the same.
        isToClose = false
        resources.loop.forget(socket.descriptor)
        socket.close()
        machine.closed(holding: input.count)
        if machine.isOver {
            input.removeAll()
            batches = Deque()
        }
        for timer in timers.values { resources.loop.cancel(timer) }
        timers = [:]
        resources.turns.leave(user)
        state.cancelAll()
        let emails = server.emails
        for subscription in state.endSubscriptions() { Task { await emails.abandon(subscription) } }
        whenClosed(self)
    }

    // MARK: Output

    /// Sends what has been written for this connection.
    private func send() {
        if machine.canSend { resources.writer.json.withBytes { socket.send($0) } }
        resources.writer.removeAll()
        settle()
    }

    private func sendUnsent() {
        socket.sendUnsent()
        settle()
        act()
    }

    /// Looks at what the peer has left to be taken.
    private func settle() {
        if socket.isBroken || isFinishing && socket.unsent == 0 { return close() }
        watch()
        let isNowWritable = socket.unsent <= (isWritable ? mark : mark / 2)
        guard isNowWritable != isWritable else { return }
        isWritable = isNowWritable
        machine.writable(isNowWritable)
    }

    /// Sends a reply. Replies that complete together leave together.
    func write(_ reply: ReplyLine) {
        guard reply.count > 0, machine.isOpen, socket.isOpen else { return }
        if isActing { return reply.withBytes { resources.writer.json.raw($0) } }
        reply.withBytes { socket.keep($0) }
        guard !isSendingPlanned else { return }
        isSendingPlanned = true
        resources.loop.atEndOfRound { [self] in
            isSendingPlanned = false
            sendUnsent()
        }
    }
}
