internal import HTTPTypes
internal import HummingbirdCore
internal import MVPAuth
internal import NIOCore

/// One connection of HTTP/1.1 (RFC 9112 §9): requests are read, answered one after another in their order, and the
/// connection ends when one of them says so, when it cannot be told any more where the next begins, or when the client
/// takes too long.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case reading
        case answering(Exchange)
        case writing
        /// The last answer is out; what still comes is not read (RFC 9112 §9.6).
        case closing
    }

    private let server: HTTPServer
    private var reader: RequestReader
    private var input = ByteBuffer()
    private var phase = Phase.reading
    private var timer = ConnectionTimer()
    private var fire: @Sendable () -> Void = {}
    private var context: ChannelHandlerContext?
    private var place: Int?
    private var held = 0
    private var requests = 0
    private var peer = ClientPeer.unknown
    private var isInputClosed = false
    private var isDraining = false
    private var wantsRead = false

    /// Of requests after the one that is being answered, in bytes; more of them wait in the kernel.
    private static let mostPipelined = 16 * 1024

    init(_ server: HTTPServer) {
        self.server = server
        reader = RequestReader(server.limits.reader)
    }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        fire = { connection.value.timerFired() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        fire = {}
    }

    func channelActive(context: ChannelHandlerContext) {
        peer = ClientPeer(context.channel, trusting: server.trustedProxies)
        place = server.registry.enter(context.channel, from: peer.network)
        if place == nil {
            refuse(.busy)
        } else {
            server.meter.countConnection(1)
            wait(.idle, server.limits.idleSeconds)
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closing = phase { return }
        var bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 {
            input = bytes
        } else {
            input.writeBuffer(&bytes)
        }
        proceed()
    }

    func read(context: ChannelHandlerContext) {
        if isFull {
            wantsRead = true
        } else {
            context.read()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: inputClosed(context)
        case is ChannelShouldQuiesceEvent: drain(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer.cancel()
        if case .answering(let exchange) = phase {
            exchange.fail(.endedEarly)
            exchange.task?.cancel()
        }
        phase = .closing
        input = ByteBuffer()
        if let place {
            server.registry.leave(place)
            server.meter.countConnection(-1)
        }
        place = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Requests

    private func proceed() {
        do throws(Failure) {
            while case .reading = phase, let head = try reader.head(from: &input) { begin(head) }
            readBody()
            keepRest()
            guard holdRest() else { throw .busy }
            if case .reading = phase, hasBegun, timer.wait == .idle { wait(.head, server.limits.headSeconds) }
        } catch {
            switch phase {
            case .reading: refuse(error)
            case .answering(let exchange): exchange.fail(error)
            case .writing, .closing: break
            }
        }
    }

    private var hasBegun: Bool { !reader.isBetweenRequests || input.readableBytes > 0 }

    private func begin(_ head: RequestHead) {
        guard let context else { return }
        requests += 1
        let id = server.log.id(for: head.request, isTrusted: peer.isTrusted)
        let exchange = Exchange(number: requests, head: head, id: id)
        phase = .answering(exchange)
        timer.stop()
        readBody()
        if exchange.isBodyPending { wait(.body, server.limits.bodySeconds) }
        let (server, loop, peer) = (server, context.eventLoop, peer)
        let connection = NIOLoopBound(self, eventLoop: loop)
        let number = exchange.number
        let body: RequestBody
        if case .complete(let bytes) = exchange.body {
            body = RequestBody(buffer: bytes)
        } else {
            body = RequestBody(
                asyncSequence: AwaitedBody { loop.flatSubmit { connection.value.awaitBody(of: number, on: loop) } })
        }
        let request = Request(head: head.request, body: body)
        // It ends with its connection.
        exchange.task = Task {
            let answer = await server.respond(request, peer)
            let bytes = await AnswerBytes.body(of: answer.response)
            loop.execute { connection.value.finish(number, answer, bytes) }
        }
    }

    private func readBody() {
        guard case .answering(let exchange) = phase, exchange.isBodyPending else { return }
        do throws(Failure) {
            guard let body = try reader.body(from: &input) else { return }
            exchange.complete(body)
            if let place { server.registry.work(place) }
        } catch {
            exchange.fail(error)
        }
        timer.stop()
    }

    /// A route asks for the body.
    private func awaitBody(of number: Int, on loop: any EventLoop) -> EventLoopFuture<ByteBuffer> {
        guard let context, case .answering(let exchange) = phase, exchange.number == number else {
            return loop.makeFailedFuture(Failure.endedEarly)
        }
        switch exchange.body {
        case .complete(let bytes): return loop.makeSucceededFuture(bytes)
        case .failed(let failure): return loop.makeFailedFuture(failure)
        case .pending(let promise?): return promise.futureResult
        case .pending(nil):
            let promise = loop.makePromise(of: ByteBuffer.self)
            exchange.body = .pending(promise)
            if exchange.head.expectsContinue {
                context.writeAndFlush(wrapOutboundOut(AnswerBytes.carryOn), promise: nil)
            }
            return promise.futureResult
        }
    }

    // MARK: Answers

    private func finish(_ number: Int, _ answer: Answer, _ body: ByteBuffer?) {
        guard case .answering(let exchange) = phase, exchange.number == number else { return }
        let head = exchange.head
        server.log.record(
            head.request, method: nil, status: answer.response.status.code, cause: answer.cause, id: exchange.id,
            start: exchange.start)
        server.meter.count(answer.route, status: answer.response.status)
        exchange.fail(.endedEarly)
        let hasNoMore = isInputClosed && input.readableBytes == 0
        let goesOn = head.keepsAlive && exchange.isBodyComplete && !isDraining && !hasNoMore && body != nil
        write(
            answer.response, body ?? ByteBuffer(), isHead: head.request.method == .head,
            ending: goesOn ? .keepAlive(announced: head.isLegacy) : .close, id: exchange.id)
    }

    /// Answers what is no request, and ends the connection.
    private func refuse(_ failure: Failure) {
        let id = server.log.id(for: nil, isTrusted: false)
        server.log.record(
            nil, method: reader.method, status: failure.status.code, cause: failure.detail, id: id, start: .now())
        server.meter.count(nil, status: failure.status)
        if let limit = failure.limit { server.meter.count(limit) }
        write(failure.response, failure.body, isHead: reader.method == "HEAD", ending: .close, id: id)
    }

    private func write(_ response: Response, _ body: ByteBuffer, isHead: Bool, ending: AnswerBytes.Ending, id: String) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 512 + body.readableBytes)
        AnswerBytes.write(
            response, body, isHead: isHead, ending: ending, date: server.clock.date, id: id, to: &buffer)
        phase = .writing
        wait(.write, server.limits.writeSeconds)
        context.writeAndFlush(wrapOutboundOut(buffer)).assumeIsolated().whenComplete { result in
            switch (result, ending) {
            case (.failure, _): context.close(promise: nil)
            case (.success, .close): self.end()
            case (.success, .keepAlive): self.next()
            }
        }
    }

    /// The turn of the next request.
    private func next() {
        guard case .writing = phase, let context else { return }
        phase = .reading
        if let place { server.registry.wait(place) }
        wait(.idle, server.limits.idleSeconds)
        proceed()
        if case .reading = phase, isDraining || isInputClosed { closeUnread(context) }
        resumeReading()
    }

    /// Closes at once where everything was read. Otherwise says that nothing more will be written, and lets the client
    /// read the answer before the kernel takes what is left for a reason to reset the connection.
    private func end() {
        guard let context else { return }
        let isClean = reader.isBetweenRequests && input.readableBytes == 0
        phase = .closing
        input = ByteBuffer()
        guard !isClean, !isInputClosed else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        wait(.linger, isDraining ? 1 : Self.lingerSeconds)
        resumeReading()
    }

    private static let lingerSeconds: Int64 = 2

    // MARK: The client's pace

    /// The client sends no more. It may still read, or be gone: a call goes on for a moment.
    private func inputClosed(_ context: ChannelHandlerContext) {
        isInputClosed = true
        switch phase {
        case .reading: closeUnread(context)
        case .answering(let exchange):
            exchange.fail(.endedEarly)
            wait(.abandoned, Self.abandonedSeconds)
        case .writing: break
        case .closing: context.close(promise: nil)
        }
    }

    private static let abandonedSeconds: Int64 = 2

    /// No further request will come.
    private func closeUnread(_ context: ChannelHandlerContext) {
        if isInputClosed, hasBegun {
            refuse(.endedEarly)
        } else if !hasBegun {
            context.close(promise: nil)
        }
    }

    /// The server stops. A request that is on its way is still answered.
    private func drain(_ context: ChannelHandlerContext) {
        isDraining = true
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.quiescence) {
            let connection = connection.value
            if case .reading = connection.phase, let context = connection.context { connection.closeUnread(context) }
        }
        switch timer.wait {
        case .head, .body, .write: wait(timer.wait, Self.drainSeconds)
        case .idle, .linger, .abandoned, .none: break
        }
    }

    private static let quiescence = TimeAmount.milliseconds(50)
    /// What a client gets for the rest of its request while the server stops.
    private static let drainSeconds: Int64 = 2

    private func wait(_ wait: ConnectionTimer.Wait, _ seconds: Int64) {
        guard let loop = context?.eventLoop else { return }
        let time = isDraining ? min(seconds, Self.drainSeconds) : seconds
        timer.start(wait, for: .seconds(time), on: loop, fire)
    }

    private func timerFired() {
        guard let context, let wait = timer.over(on: context.eventLoop, fire) else { return }
        let stopping = isDraining ? Failure.stopping : nil
        switch (wait, phase) {
        case (.head, .reading): refuse(stopping ?? .headTimedOut(seconds: server.limits.headSeconds))
        case (.body, .answering(let exchange)):
            exchange.fail(stopping ?? .bodyTimedOut(seconds: server.limits.bodySeconds))
        case (.abandoned, .answering(let exchange)): exchange.task?.cancel()
        default: context.close(promise: nil)
        }
    }

    // MARK: Memory

    private var isFull: Bool {
        guard input.readableBytes >= Self.mostPipelined else { return false }
        return switch phase {
        case .reading, .closing: false
        case .answering(let exchange): !exchange.isBodyPending
        case .writing: true
        }
    }

    private func resumeReading() {
        guard wantsRead, !isFull, let context else { return }
        wantsRead = false
        context.read()
    }

    /// What is left is kept in a buffer of its size, not in the one it came in.
    private func keepRest() {
        if input.readableBytes == 0 {
            input = ByteBuffer()
        } else if input.storageCapacity > 2 * input.readableBytes + 256 {
            input = ByteBuffer(bytes: input.readableBytesView)
        }
    }

    private func holdRest() -> Bool {
        let bytes = reader.heldBytes + (input.readableBytes == 0 ? 0 : input.storageCapacity)
        guard bytes != held, let place else { return true }
        let fits = server.registry.hold(bytes, by: place)
        held = fits ? bytes : 0
        return fits
    }
}
