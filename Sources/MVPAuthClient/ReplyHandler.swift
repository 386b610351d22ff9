internal import AuthAPI
internal import JSONRPC
internal import MVPAuth
internal import NIOCore
internal import StrictJSON

/// One connection's receiving side: gives each answer to the call that waits for it.
final class ReplyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var framer: LineFramer
    private var parser = ResponseParser()
    private var pending: [Int: PendingCall] = [:]
    private var sweep: Scheduled<Void>?
    private var isActive = true
    /// The connection takes no more calls: it was lost, or the daemon is about to end it.
    private let onEnd: @Sendable () -> Void
    /// Told of everything that the daemon says unasked.
    private let onNotification: NotificationHandler?

    typealias NotificationHandler = @Sendable (_ method: ShortBytes, _ params: JSONValue?) -> Void

    /// How exact deadlines are.
    private static let sweepInterval = TimeAmount.milliseconds(20)

    init(onNotification: NotificationHandler? = nil, onEnd: @escaping @Sendable () -> Void) {
        self.onNotification = onNotification
        self.onEnd = onEnd
        var limits = LineFramer.Limits()
        limits.line = 2 * Limits.standard.replyBytes
        framer = LineFramer(limits: limits)
    }

    /// Sends what was submitted. What the connection did not take any more was certainly not done.
    func send(_ lines: ByteBuffer, _ calls: [PendingCall], _ channel: any Channel) {
        guard isActive else {
            for call in calls {
                call.continuation.resume(returning: .failure(.unavailable("The connection is closed.")))
            }
            return
        }
        for call in calls { pending[call.id] = call }
        channel.writeAndFlush(lines, promise: nil)
        if sweep == nil { planSweep(channel.eventLoop) }
    }

    /// Answers a call whose caller has gone, and tells the daemon.
    func cancel(_ id: Int, _ channel: any Channel) {
        guard let call = pending.removeValue(forKey: id) else { return }
        call.continuation.resume(returning: .failure(.local(.cancelled, executed: true)))
        var writer = RequestWriter()
        guard (try? writer.notification(method: Cancel.spec.name, params: Cancel(id: CallID(number: id)))) != nil else {
            return
        }
        channel.writeAndFlush(writer.json.withBytes { channel.allocator.buffer(bytes: $0) }, promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var position = 0
        unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            while let event = framer.next(in: bytes, from: &position) {
                guard case .line(let line) = event, receive(line) else {
                    context.close(promise: nil)
                    return
                }
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isActive = false
        onEnd()
        sweep?.cancel()
        for call in pending.values { call.continuation.resume(returning: .failure(.connectionLost)) }
        pending = [:]
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// False when the line is not an answer: such a peer is not understood any further.
    private func receive(_ line: UnsafeRawBufferPointer) -> Bool {
        do throws(ResponseParser.Defect) {
            switch try parser.parse(line) {
            case .result(let id, let value):
                pending.removeValue(forKey: id)?.continuation.resume(returning: .success(value))
            case .failure(let id?, let error):
                pending.removeValue(forKey: id)?.continuation.resume(returning: .failure(AuthClientError(error)))
            case .failure(nil, _):
                return false
            case .notification(let method, let params):
                if method == ShortBytes(Draining.spec.name) { onEnd() }
                onNotification?(method, params)
            }
            return true
        } catch {
            // Nobody here waits for an answer to another's call.
            return error == .foreign
        }
    }

    private func planSweep(_ loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        sweep = loop.scheduleTask(in: Self.sweepInterval) { bound.value.expire(loop) }
    }

    /// Answers the calls whose deadline has passed. Whether they are done is not known.
    private func expire(_ loop: any EventLoop) {
        sweep = nil
        let now = NIODeadline.now()
        for call in pending.values where call.deadline <= now {
            pending[call.id] = nil
            call.continuation.resume(returning: .failure(.local(.deadlineExceeded, executed: true)))
        }
        if !pending.isEmpty { planSweep(loop) }
    }
}
