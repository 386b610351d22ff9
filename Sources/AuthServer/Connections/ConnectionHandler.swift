internal import AuthAPI
internal import JSONRPC
internal import Logging
internal import NIOCore

/// One connection of a channel: tells its ``ConnectionMachine`` what happens there, and does what that says.
final class ConnectionHandler: ChannelInboundHandler, TurnTaker {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let state: ConnectionState
    let dispatcher: Dispatcher
    let server: ServerState
    let resources: LoopResource
    // Touched on the connection's loop only, and by one of its methods at a time: an access within another would be one
    // of `act` within itself, which that refuses.
    @exclusivity(unchecked) var machine: ConnectionMachine
    /// What was read and not yet dealt with.
    @exclusivity(unchecked) private var input = ByteBuffer()
    private var timers: [ConnectionMachine.Timer: Scheduled<Void>] = [:]
    private let user: LoopTurns.User
    /// Batches that wait for a turn.
    var batches = CircularBuffer<BatchCall>()
    private var context: ChannelHandlerContext?
    @exclusivity(unchecked) private var isActing = false
    /// Bytes of batches that were given to the channel in this run and not flushed.
    @exclusivity(unchecked) private var unflushed = 0
    private var isFlushPlanned = false
    /// Whether what has been written and not sent holds a secret.
    @exclusivity(unchecked) private var holdsSecret = false

    init(state: ConnectionState, dispatcher: Dispatcher, server: ServerState, resources: LoopResource) {
        self.state = state
        self.dispatcher = dispatcher
        self.server = server
        self.resources = resources
        machine = ConnectionMachine(
            limits: state.limits, share: state.share, bufferBytes: state.bufferBytes,
            at: NIODeadline.now().uptimeNanoseconds)
        user = resources.turns.join(state.share)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let loop = context.eventLoop
        state.onNotify { event in loop.execute { bound.value.notify(event) } }
    }

    private func notify(_ event: some RPCNotification) {
        guard machine.isOpen, let context else { return }
        try? resources.writer.notification(type(of: event).spec.name, params: event)
        holdsSecret = true
        act(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if machine.isOver { self.context = nil }
        resources.turns.leave(user)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = buffer } else { append(&buffer) }
        machine.read()
        act(context)
    }

    /// Puts what was read behind what waits, which is little, and leaves no second copy of either.
    private func append(_ buffer: inout ByteBuffer) {
        var both = ByteBuffer()
        both.reserveCapacity(input.readableBytes + buffer.readableBytes)
        both.writeImmutableBuffer(input)
        both.writeImmutableBuffer(buffer)
        input.overwriteReadable()
        buffer.overwriteReadable()
        input = both
    }

    func channelInactive(context: ChannelHandlerContext) {
        machine.closed(holding: input.readableBytes)
        if machine.isOver {
            input.overwriteReadable()
            (input, batches) = (ByteBuffer(), CircularBuffer())
        }
        for timer in timers.values { timer.cancel() }
        state.cancelAll()
        let emails = server.emails
        for subscription in state.endSubscriptions() { Task { await emails.abandon(subscription) } }
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            machine.inputClosed()
            act(context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        machine.writable(context.channel.isWritable)
        act(context)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Finishes what is in flight and closes.
    func drain(context: ChannelHandlerContext) {
        if state.hasSaidHello { try? resources.writer.notification(Draining.spec.name, params: Draining()) }
        machine.drain()
        act(context)
    }

    /// The connection has a turn on its event loop.
    func turn() {
        machine.turn()
        if let context { act(context) }
    }

    /// Does what the machine says, until there is nothing left to do before the next event. What happens meanwhile is
    /// told to the machine and done in the same run.
    func act(_ context: ChannelHandlerContext) {
        guard !isActing else { return }
        isActing = true
        resources.turns.begin(user)
        defer {
            resources.turns.finish(user)
            isActing = false
        }
        let bytes = input
        var position = 0
        bytes.withUnsafeReadableBytes { bytes in
            while true {
                let written = resources.writer.json.count + unflushed
                let action = machine.next(in: bytes, from: &position, written: written) {
                    resources.turns.isOver(written: written)
                }
                guard let action else { break }
                perform(action, context)
            }
        }
        // The writer is the loop's: what this connection cannot be sent is no other's.
        if resources.writer.json.count > 0 { flush(context) }
        if machine.isOver { self.context = nil }
        // Any line may have held a token or a password.
        bytes.overwriteReadable(machine.hasInput ? position : .max)
        if machine.hasInput { input.moveReaderIndex(forwardBy: position) } else { input = ByteBuffer() }
    }

    private func perform(_ action: ConnectionMachine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .handle(let line):
            begin(line, context)
            resources.parser.forget()
        case .continueBatch: if let batch = batches.popFirst() { continueBatch(batch, context) }
        case .queue: resources.turns.wait(self, of: user)
        case .refuse:
            dispatcher.refuse(
                nil, .messageTooLarge(limit: state.limits.lineBytes), on: state, writer: &resources.writer)
        case .report(let found, let head):
            server.logger.warning(
                "\(found) was spoken on the socket; the connection was closed",
                metadata: ["uid": "\(state.peer.uid)", "pid": "\(state.peer.pid)", "head": "\(excerpt(head))"])
        case .send: flush(context)
        case .measure:
            let held = (try? context.channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes)) ?? 0
            machine.measured(held, at: NIODeadline.now().uptimeNanoseconds)
        case .pause: read(context, false)
        case .resume: read(context, true)
        case .start(let timer): start(timer, context)
        case .stop(let timer): timers.removeValue(forKey: timer)?.cancel()
        case .count(let limit): server.countLimit(limit)
        case .finish:
            flush(context)
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(channel.allocator.buffer(capacity: 0))).whenComplete { _ in
                channel.close(promise: nil)
            }
        case .close: context.close(promise: nil)
        }
    }

    private func read(_ context: ChannelHandlerContext, _ isWanted: Bool) {
        try? context.channel.syncOptions?.setOption(ChannelOptions.autoRead, value: isWanted)
    }

    private func start(_ timer: ConnectionMachine.Timer, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let delay = TimeAmount.milliseconds(Int64(machine.delay(of: timer)))
        timers[timer] = context.eventLoop.scheduleTask(in: delay) {
            let (handler, context) = bound.value
            handler.timers[timer] = nil
            handler.machine.fired(timer)
            handler.act(context)
        }
    }

    // MARK: Output

    /// Sends what has been written for this connection.
    private func flush(_ context: ChannelHandlerContext) {
        unflushed = 0
        guard machine.canSend else { return resources.writer.removeAll() }
        guard resources.writer.json.count > 0 else { return context.flush() }
        let buffer = resources.writer.json.withBytes { context.channel.allocator.buffer(bytes: $0) }
        resources.writer.removeAll()
        context.writeAndFlush(wrapOutboundOut(buffer), promise: holdsSecret ? overwriting(buffer, context) : nil)
        holdsSecret = false
    }

    /// Overwrites what is sent once it has been, or cannot be any more.
    private func overwriting(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) -> EventLoopPromise<Void> {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in buffer.overwriteReadable() }
        return promise
    }

    /// Sends a reply. Replies that complete together leave together.
    func write(_ reply: ReplyLine, _ context: ChannelHandlerContext) {
        guard reply.count > 0, machine.isOpen else { return }
        let buffer = reply.withBytes { context.channel.allocator.buffer(bytes: $0) }
        context.write(wrapOutboundOut(buffer), promise: reply.isSecret ? overwriting(buffer, context) : nil)
        if isActing { return unflushed += reply.count }
        guard !isFlushPlanned else { return }
        isFlushPlanned = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (handler, context) = bound.value
            handler.isFlushPlanned = false
            context.flush()
        }
    }
}
