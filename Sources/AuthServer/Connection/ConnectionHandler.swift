internal import AuthAPI
internal import JSONRPC
internal import Logging
internal import MVPAuth
internal import NIOCore

/// One connection: bytes in, calls begun in the order of their arrival, replies out as they come.
///
/// Where a limit is reached the connection stops reading, and the kernel makes the peer wait.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let state: ConnectionState
    private let dispatcher: Dispatcher
    private let server: ServerState
    private let resources: LoopResource
    private var framer: LineFramer
    /// What was read and not yet dealt with, while too many calls are in flight.
    private var rest: ByteBuffer?
    private var inFlight = 0
    private var isInputClosed = false
    private var isClosing = false
    private var isFlushPlanned = false
    private var isReading = true
    private var lineTimer: Scheduled<Void>?
    private var outputTimer: Scheduled<Void>?

    private static let lineTimeout = TimeAmount.seconds(30)
    private static let outputTimeout = TimeAmount.seconds(30)
    /// How long calls are still answered, with a refusal, after a stop was asked for.
    private static let drainGrace = TimeAmount.milliseconds(50)

    init(state: ConnectionState, dispatcher: Dispatcher, server: ServerState, resources: LoopResource) {
        self.state = state
        self.dispatcher = dispatcher
        self.server = server
        self.resources = resources
        var limits = LineFramer.Limits()
        limits.line = server.limits.lineBytes
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
        outputTimer?.cancel()
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
        outputTimer?.cancel()
        outputTimer = nil
        if !context.channel.isWritable {
            let channel = context.channel
            outputTimer = context.eventLoop.scheduleTask(in: Self.outputTimeout) { channel.close(promise: nil) }
        }
        proceed(context)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Finishes what is in flight and closes.
    func drain(context: ChannelHandlerContext) {
        if state.hasSaidHello {
            try? resources.writer.notification("system.draining", params: Drain())
            writeOut(context)
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.drainGrace) {
            let (handler, context) = bound.value
            handler.isInputClosed = true
            handler.rest = nil
            handler.closeIfFinished(context)
        }
    }

    // MARK: Input

    private var mayBegin: Bool { inFlight < server.limits.callsInFlight && !isClosing }

    /// Deals with what was read, as far as the limits allow, and reads on or stops reading.
    private func proceed(_ context: ChannelHandlerContext) {
        if var buffer = rest, !isClosing, context.channel.isWritable {
            var position = 0
            var sawLine = false
            var isUsedUp = false
            buffer.withUnsafeReadableBytes { bytes in
                while mayBegin {
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
        }
        if isInputClosed, rest == nil, !isClosing {
            if mayBegin, let event = framer.finish() {
                handle(event, context)
                writeOut(context)
            }
            closeIfFinished(context)
        }
        setReading(context, rest == nil && context.channel.isWritable && !isInputClosed)
    }

    private func setReading(_ context: ChannelHandlerContext, _ wanted: Bool) {
        guard wanted != isReading, !isClosing else { return }
        isReading = wanted
        try? context.channel.syncOptions?.setOption(ChannelOptions.autoRead, value: wanted)
    }

    private func watchUnfinishedLine(_ context: ChannelHandlerContext, isFresh: Bool) {
        if isFresh || !framer.hasPartialLine {
            lineTimer?.cancel()
            lineTimer = nil
        }
        guard framer.hasPartialLine, lineTimer == nil else { return }
        let channel = context.channel
        lineTimer = context.eventLoop.scheduleTask(in: Self.lineTimeout) { channel.close(promise: nil) }
    }

    private func handle(_ event: LineFramer.Event, _ context: ChannelHandlerContext) {
        switch event {
        case .line(let line):
            switch resources.parser.parse(line) {
            case .single(.request(let request)): begin(request, context)
            case .single(.invalid(let invalid)): dispatcher.refuse(invalid, writer: &resources.writer)
            case .batch(let items): begin(items, context)
            case .error(let error): resources.writer.error(id: nil, error)
            case .ignored, .single(.ignored): break
            }
        case .overlong:
            resources.writer.error(id: nil, .messageTooLarge(limit: server.limits.lineBytes))
        case .foreign(let found, let head):
            server.logger.warning(
                "\(found) was spoken on the socket; the connection was closed",
                metadata: ["uid": "\(state.peer.uid)", "pid": "\(state.peer.pid)", "head": "\(excerpt(head))"])
            close(context)
        case .close:
            close(context)
        }
    }

    // MARK: Calls

    private func begin(_ request: Request, _ context: ChannelHandlerContext) {
        let system = resources.system(of: server)
        guard let work = dispatcher.begin(request, on: state, with: system, writer: &resources.writer) else { return }
        let pending = PendingCall(id: request.id)
        let (dispatcher, id) = (dispatcher, request.id)
        let task = run(pending, context) { writer in
            await dispatcher.finish(work, for: id, writer: &writer)
        }
        if let id { state.begin(id, task) }
        if let milliseconds = request.meta.timeoutMilliseconds {
            limit(pending, task, .milliseconds(Int64(clamping: min(milliseconds, 86_400_000))), context)
        }
    }

    /// The calls of a batch run one after another.
    private func begin(_ items: [RequestItem], _ context: ChannelHandlerContext) {
        let (dispatcher, state, server) = (dispatcher, state, server)
        _ = run(PendingCall(id: nil), context) { writer in
            writer.beginBatch()
            for item in items {
                switch item {
                case .request(let request):
                    if let work = dispatcher.begin(
                        request, on: state, with: server.system, writer: &writer)
                    {
                        await dispatcher.finish(work, for: request.id, writer: &writer)
                    }
                case .invalid(let invalid): dispatcher.refuse(invalid, writer: &writer)
                case .ignored: break
                }
            }
            writer.endBatch()
        }
    }

    private func run(
        _ pending: PendingCall, _ context: ChannelHandlerContext,
        _ work: @escaping @Sendable (inout ResponseWriter) async -> Void
    ) -> Task<Void, Never> {
        inFlight += 1
        let loop = context.eventLoop
        let bound = NIOLoopBound((self, context, pending), eventLoop: loop)
        return Task(executorPreference: resources.executor(for: resources.system(of: server))) {
            var writer = ResponseWriter()
            await work(&writer)
            let bytes = writer.json.bytes
            loop.execute {
                let (handler, context, pending) = bound.value
                handler.complete(pending, with: bytes, context)
            }
        }
    }

    private func limit(
        _ pending: PendingCall, _ task: Task<Void, Never>, _ deadline: TimeAmount, _ context: ChannelHandlerContext
    ) {
        let bound = NIOLoopBound((self, context, pending), eventLoop: context.eventLoop)
        pending.deadline = context.eventLoop.scheduleTask(in: deadline) {
            let (handler, context, pending) = bound.value
            pending.isAnswered = true
            task.cancel()
            guard !handler.isClosing else { return }
            handler.dispatcher.refuse(
                pending.id, AuthError(.deadlineExceeded, executed: true), writer: &handler.resources.writer)
            handler.writeOut(context)
        }
    }

    private func complete(_ pending: PendingCall, with reply: [UInt8], _ context: ChannelHandlerContext) {
        inFlight -= 1
        pending.deadline?.cancel()
        if let id = pending.id { state.end(id) }
        guard !isClosing else { return }
        if !pending.isAnswered, !reply.isEmpty {
            context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: reply)), promise: nil)
            planFlush(context)
        }
        if rest != nil || isInputClosed { proceed(context) }
    }

    // MARK: Output

    private func writeOut(_ context: ChannelHandlerContext) {
        guard resources.writer.json.count > 0 else { return }
        let buffer = resources.writer.json.withBytes { context.channel.allocator.buffer(bytes: $0) }
        resources.writer.removeAll()
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// Replies that complete together leave together.
    private func planFlush(_ context: ChannelHandlerContext) {
        guard !isFlushPlanned else { return }
        isFlushPlanned = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (handler, context) = bound.value
            handler.isFlushPlanned = false
            context.flush()
        }
    }

    private func closeIfFinished(_ context: ChannelHandlerContext) {
        if inFlight == 0, isInputClosed, rest == nil { close(context) }
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

/// A call that has begun. Touched on its connection's loop only.
private final class PendingCall {
    let id: RequestID?
    var isAnswered = false
    var deadline: Scheduled<Void>?

    init(id: RequestID?) {
        self.id = id
    }
}
