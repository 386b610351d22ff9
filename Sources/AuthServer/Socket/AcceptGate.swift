internal import NIOCore

/// Stops accepting while there are as many connections as there may be: the rest wait in the kernel's queue. Also rests
/// for a moment after a failed accept, so that a lack of descriptors is not a busy loop.
final class AcceptGate: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let quota: ConnectionQuota
    /// The operators' socket is served from the reserve.
    private let isReserved: Bool
    private let server: ServerState

    private static let rest = TimeAmount.milliseconds(100)

    init(quota: ConnectionQuota, isReserved: Bool, server: ServerState) {
        self.quota = quota
        self.isReserved = isReserved
        self.server = server
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        guard !isReserved, quota.isExhausted else { return }
        server.countLimit(.connections)
        pause(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        pause(context)
    }

    private func pause(_ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(ChannelOptions.autoRead, value: false)
        resumeLater(context.channel)
    }

    private func resumeLater(_ channel: any Channel) {
        let gate = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.eventLoop.scheduleTask(in: Self.rest) {
            guard channel.isActive else { return }
            if !gate.value.isReserved, gate.value.quota.isExhausted {
                gate.value.resumeLater(channel)
            } else {
                channel.setOption(ChannelOptions.autoRead, value: true).whenComplete { _ in }
            }
        }
    }
}
