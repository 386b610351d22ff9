internal import AuthAPI
internal import JSONRPC
internal import Logging
internal import NIOCore

/// One connection: bytes in, calls begun in the order of their arrival, replies out as they come.
///
/// Where a limit is reached the connection stops reading, and the kernel makes the peer wait.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let state: ConnectionState
    let dispatcher: Dispatcher
    let server: ServerState
    let resources: LoopResource
    private var framer: LineFramer
    /// What was read and not yet dealt with, while too many calls are in flight.
    private var rest: ByteBuffer?
    /// Calls that wait for their answer, and batches; but for those that wait for a password to be hashed.
    private(set) var inFlight = 0
    /// Those that do. They are bounded apart and never keep the connection from reading.
    private(set) var hashing = 0
    private var isInputClosed = false
    /// Whether the connection ends once nothing is in flight.
    private var isEnding = false
    private(set) var isClosing = false
    private var isFlushPlanned = false
    private var isReading = true
    private var lineTimer: Scheduled<Void>?
    private let backlog: Backlog
    private var backlogTimer: Scheduled<Void>?
    /// Whether answers that were not taken keep this connection from more.
    private var isHeld = false
    /// Bytes of batches written since `proceed` began.
    private var batchBytes = 0
    private var isResumptionPlanned = false

    /// When to look again whether the user has calls left.
    private static let shareRest = TimeAmount.milliseconds(5)

    /// How long calls are still answered, with a refusal, after a stop was asked for and nothing is in flight.
    private static let drainGrace = TimeAmount.milliseconds(50)
    /// How long a stop waits for a peer to take its answers.
    private static let drainPatience = TimeAmount.seconds(5)

    init(state: ConnectionState, dispatcher: Dispatcher, server: ServerState, resources: LoopResource) {
        self.state = state
        self.dispatcher = dispatcher
        self.server = server
        self.resources = resources
        backlog = Backlog(limits: state.limits, share: state.share)
        var limits = LineFramer.Limits()
        limits.line = state.limits.lineBytes
        framer = LineFramer(limits: limits)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        var buffer = unwrapInboundIn(data)
        if rest != nil {
            rest?.writeBuffer(&buffer)
        } else {
            rest = buffer
            proceed(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        rest = nil
        lineTimer?.cancel()
        backlogTimer?.cancel()
        backlog.forget()
        state.cancelAll()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            isInputClosed = true
            proceed(context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, isHeld { proceed(context) }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Finishes what is in flight and closes.
    func drain(context: ChannelHandlerContext) {
        if state.hasSaidHello {
            try? resources.writer.notification(Draining.spec.name, params: Draining())
            writeOut(context)
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.drainGrace) {
            let (handler, context) = bound.value
            handler.isEnding = true
            handler.resume(context)
        }
        // A peer that takes no answers keeps nobody from stopping.
        context.eventLoop.scheduleTask(in: Self.drainPatience) {
            let (handler, context) = bound.value
            if handler.isIdle { context.close(promise: nil) }
        }
    }

    // MARK: Input

    private var isIdle: Bool { inFlight == 0 && hashing == 0 }

    private var mayBegin: Bool { inFlight < state.limits.callsInFlight && isShareLeft && !isClosing }

    private var isShareLeft: Bool { state.share.callsInFlight < state.limits.callsInFlightPerUID }

    /// Counts a call that waits for its answer, or one that has it.
    func count(calls change: Int, of cost: Cost = .store) {
        guard cost == .hashing else {
            inFlight += change
            state.share.count(calls: change)
            return
        }
        hashing += change
        state.share.count(hashing: change)
    }

    /// Deals with what was read, as far as the limits allow, and reads on or stops reading.
    func proceed(_ context: ChannelHandlerContext) {
        if var buffer = rest, mayAnswer(context) {
            var position = 0
            var sawLine = false
            var isUsedUp = false
            batchBytes = 0
            buffer.withUnsafeReadableBytes { bytes in
                while mayBegin, resources.writer.json.count + batchBytes < state.bufferBytes {
                    guard let event = framer.next(in: bytes, from: &position) else {
                        isUsedUp = true
                        break
                    }
                    sawLine = true
                    handle(event, context)
                }
            }
            if isUsedUp || isClosing {
                rest = nil
            } else {
                buffer.moveReaderIndex(forwardBy: position)
                rest = buffer.slice()
            }
            writeOut(context)
            watchUnfinishedLine(context, isFresh: sawLine)
            if rest != nil { planResumption(context) }
        }
        if isInputClosed || isEnding, rest == nil, !isClosing {
            if isInputClosed, mayBegin, let event = framer.finish() {
                handle(event, context)
                writeOut(context)
            }
            if isIdle, rest == nil { close(context) }
        }
        setReading(context, rest == nil && !isHeld && !isInputClosed)
    }

    /// Goes on once what has been written is on its way or, where the connections of the same user have too many calls
    /// in flight, after a moment. A connection that has too many itself goes on when one is done.
    private func planResumption(_ context: ChannelHandlerContext) {
        guard !isResumptionPlanned, !isClosing, inFlight < state.limits.callsInFlight else { return }
        isResumptionPlanned = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let goOn: @Sendable () -> Void = {
            let (handler, context) = bound.value
            handler.isResumptionPlanned = false
            handler.resume(context)
        }
        guard !isShareLeft else { return context.eventLoop.execute(goOn) }
        server.countLimit(.callsInFlightPerUID)
        context.eventLoop.scheduleTask(in: Self.shareRest, goOn)
    }

    /// Whether the peer takes its answers. When it does not, it is asked again by and by.
    private func mayAnswer(_ context: ChannelHandlerContext) -> Bool {
        guard !isClosing else { return false }
        if context.channel.isWritable, backlog.isEmpty, backlog.isShareLeft {
            isHeld = false
            return true
        }
        let wasHeld = isHeld
        switch backlog.measure(context.channel) {
        case .fine: isHeld = false
        case .held(let limit):
            isHeld = true
            if !wasHeld { server.countLimit(limit) }
        case .over(let limit):
            server.countLimit(limit)
            isClosing = true
            context.close(promise: nil)
            return false
        }
        watchBacklog(context)
        return !isHeld
    }

    private func watchBacklog(_ context: ChannelHandlerContext) {
        guard backlogTimer == nil, isHeld || !backlog.isEmpty else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        backlogTimer = context.eventLoop.scheduleTask(in: Backlog.interval) {
            let (handler, context) = bound.value
            handler.backlogTimer = nil
            let wasHeld = handler.isHeld
            if handler.mayAnswer(context), wasHeld { handler.proceed(context) }
        }
    }

    /// Goes on with what was held back, or closes when everything is done.
    func resume(_ context: ChannelHandlerContext) {
        if rest != nil || isInputClosed || isEnding { proceed(context) }
    }

    private func setReading(_ context: ChannelHandlerContext, _ wanted: Bool) {
        guard wanted != isReading, !isClosing else { return }
        isReading = wanted
        if !wanted, inFlight >= state.limits.callsInFlight { server.countLimit(.callsInFlight) }
        try? context.channel.syncOptions?.setOption(ChannelOptions.autoRead, value: wanted)
    }

    private func watchUnfinishedLine(_ context: ChannelHandlerContext, isFresh: Bool) {
        if isFresh || !framer.hasPartialLine {
            lineTimer?.cancel()
            lineTimer = nil
        }
        guard framer.hasPartialLine, lineTimer == nil else { return }
        lineTimer = closeLater(context, after: state.limits.lineSeconds, because: .lineSeconds)
    }

    /// Closes when a limit of time has passed.
    private func closeLater(
        _ context: ChannelHandlerContext, after seconds: Int, because limit: Limits.Name
    ) -> Scheduled<Void> {
        let (channel, server) = (context.channel, server)
        return context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
            server.countLimit(limit)
            channel.close(promise: nil)
        }
    }

    private func handle(_ event: LineFramer.Event, _ context: ChannelHandlerContext) {
        switch event {
        case .line(let line):
            let system = resources.system(of: server)
            switch resources.parser.parse(line) {
            case .single(.request(let request)): begin(request, with: system, context)
            case .single(.invalid(let invalid)):
                dispatcher.refuse(invalid.id, invalid.error, writer: &resources.writer)
            case .batch(let items): begin(items, context)
            case .error(let error): dispatcher.refuse(nil, error, writer: &resources.writer)
            case .ignored, .single(.ignored): break
            }
        case .overlong:
            server.countLimit(.lineBytes)
            dispatcher.refuse(nil, .messageTooLarge(limit: state.limits.lineBytes), writer: &resources.writer)
        case .foreign(let found, let head):
            server.logger.warning(
                "\(found) was spoken on the socket; the connection was closed",
                metadata: ["uid": "\(state.peer.uid)", "pid": "\(state.peer.pid)", "head": "\(excerpt(head))"])
            close(context)
        case .close:
            // Nothing more is read; what is in flight is answered.
            isInputClosed = true
        }
    }

    // MARK: Output

    /// Sends what has been written for this connection.
    func writeOut(_ context: ChannelHandlerContext) {
        guard resources.writer.json.count > 0 else { return }
        let buffer = resources.writer.json.withBytes { context.channel.allocator.buffer(bytes: $0) }
        resources.writer.removeAll()
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        if !context.channel.isWritable { _ = mayAnswer(context) }
    }

    /// Sends a reply. Replies that complete together leave together.
    func write(_ reply: [UInt8], _ context: ChannelHandlerContext) {
        guard !reply.isEmpty, !isClosing else { return }
        batchBytes += reply.count
        context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: reply)), promise: nil)
        if !context.channel.isWritable { _ = mayAnswer(context) }
        guard !isFlushPlanned else { return }
        isFlushPlanned = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (handler, context) = bound.value
            handler.isFlushPlanned = false
            context.flush()
        }
    }

    /// Closes behind what has been written.
    private func close(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        writeOut(context)
        isClosing = true
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(channel.allocator.buffer(capacity: 0))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}
