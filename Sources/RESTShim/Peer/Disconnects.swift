internal import NIOCore
internal import NIOHTTPTypes
internal import Synchronization

/// Ends the calls of clients that have gone away.
final class Disconnects: Sendable {
    private let calls = Mutex<[ObjectIdentifier: Task<Void, Never>]>([:])

    /// Runs `body` and cancels it when the client's side of `channel` closes meanwhile.
    func cancelling<Value: Sendable>(
        with channel: any Channel, _ body: @escaping @Sendable () async -> Value
    ) async -> Value {
        let key = ObjectIdentifier(channel)
        return await withCheckedContinuation { continuation in
            let task = Task { continuation.resume(returning: await body()) }
            calls.withLock { $0[key] = task }
            if !channel.isActive { task.cancel() }
            Task {
                await task.value
                calls.withLock { $0[key] = nil }
            }
        }
    }

    fileprivate func end(_ channel: any Channel) {
        calls.withLock { $0[ObjectIdentifier(channel)] }?.cancel()
    }
}

/// Closes connections that make requests too slowly, and tells of those whose client has gone.
final class ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private let limits: ShimConfiguration.Limits
    private let disconnects: Disconnects
    private var timer: Scheduled<Void>?

    private static let quiescence = TimeAmount.milliseconds(50)

    init(limits: ShimConfiguration.Limits, disconnects: Disconnects) {
        self.limits = limits
        self.disconnects = disconnects
    }

    func handlerAdded(context: ChannelHandlerContext) {
        allow(limits.headSeconds, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: allow(limits.bodySeconds, context)
        case .body: break
        case .end: allow(limits.idleSeconds, context)
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { disconnects.end(context.channel) }
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        // A request that is on its way is still answered.
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.quiescence) {
            bound.value.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        disconnects.end(context.channel)
        context.fireChannelInactive()
    }

    /// Gives the client so long for what comes next.
    private func allow(_ seconds: Int64, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: .seconds(seconds)) { channel.close(promise: nil) }
    }
}
