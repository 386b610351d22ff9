internal import NIOCore

/// Stops accepting while there are as many connections as there may be, or when they come too fast: the rest wait in the
/// kernel's queue. Also rests for a moment after a failed accept, so that a lack of descriptors is not a busy loop.
final class AcceptGate: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let quota: ConnectionQuota
    private let budget: RateBudget
    /// The operators' socket is served from the reserve.
    private let isReserved: Bool
    private let server: ServerState
    private var wait: Int?

    private static let pauseMilliseconds = 100

    init(quota: ConnectionQuota, isReserved: Bool, server: ServerState) {
        self.quota = quota
        self.isReserved = isReserved
        self.server = server
        let rate = server.configuration.limits.connectionsPerSecond
        budget = RateBudget(perSecond: rate, burst: max(1, rate / 4))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        wait = budget.take() ?? wait
        // Counted here, before the connection's own loop has heard of it.
        quota.count(accepted: 1)
        unwrapInboundIn(data).closeFuture.whenComplete { [quota] _ in quota.count(accepted: -1) }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        defer { wait = nil }
        guard !isReserved else { return }
        if quota.isExhausted {
            server.countLimit(.connections)
            pause(context, Self.pauseMilliseconds)
        } else if let wait {
            server.countLimit(.connectionsPerSecond)
            pause(context, wait)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        pause(context, Self.pauseMilliseconds)
    }

    private func pause(_ context: ChannelHandlerContext, _ milliseconds: Int) {
        try? context.channel.syncOptions?.setOption(ChannelOptions.autoRead, value: false)
        resumeLater(context.channel, milliseconds)
    }

    private func resumeLater(_ channel: any Channel, _ milliseconds: Int) {
        let gate = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
            guard channel.isActive else { return }
            if !gate.value.isReserved, gate.value.quota.isExhausted {
                gate.value.resumeLater(channel, Self.pauseMilliseconds)
            } else {
                channel.setOption(ChannelOptions.autoRead, value: true).whenComplete { _ in }
            }
        }
    }
}
