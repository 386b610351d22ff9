internal import CLinux
internal import Glibc

/// Takes connections from a listening socket.
///
/// It stops while there are as many as there may be, or when they come too fast: the rest wait in the kernel's queue. It
/// also rests for a moment after a failure, so that a lack of descriptors is not a busy loop.
final class Acceptor: LoopSource, @unchecked Sendable {
    // SAFETY: used on its loop only. Its server holds it to close it there.

    private let descriptor: Int32
    private let quota: ConnectionQuota
    private let budget: RateBudget
    /// The operators' socket is served from the reserve.
    private let isReserved: Bool
    private let server: ServerState
    private let loop: EventLoop
    private let take: (Int32) -> Void
    private var timer: LoopTimer?

    private static let pauseMilliseconds = 100
    /// How many are taken before the loop looks at its other sockets.
    private static let atOnce = 16

    /// - Parameters:
    ///   - descriptor: is taken over.
    ///   - take: is given the descriptor of each connection, which has been counted.
    init(
        _ descriptor: Int32, quota: ConnectionQuota, isReserved: Bool, server: ServerState, loop: EventLoop,
        take: @escaping @Sendable (Int32) -> Void
    ) {
        self.descriptor = descriptor
        self.quota = quota
        self.isReserved = isReserved
        self.server = server
        self.loop = loop
        self.take = take
        let rate = server.configuration.limits.connectionsPerSecond
        budget = RateBudget(perSecond: rate, burst: max(1, rate / 4))
    }

    /// To be called on the loop.
    func open() {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        loop.watch(descriptor, for: self, .readable)
    }

    /// To be called on the loop, once.
    func close() {
        if let timer { loop.cancel(timer) }
        loop.forget(descriptor)
        Glibc.close(descriptor)
    }

    func become(_ ready: Readiness) {
        for _ in 0..<Self.atOnce {
            let connection = accept_connection(descriptor)
            guard connection >= 0 else {
                let isNobodyThere = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED
                return isNobodyThere ? () : pause(Self.pauseMilliseconds)
            }
            let wait = budget.take()
            // Counted here, before the connection's own loop has heard of it.
            quota.count(accepted: 1)
            take(connection)
            if isReserved { continue }
            if quota.isExhausted {
                server.countLimit(.connections)
                return pause(Self.pauseMilliseconds)
            }
            if let wait {
                server.countLimit(.connectionsPerSecond)
                return pause(wait)
            }
        }
    }

    private func pause(_ milliseconds: Int) {
        loop.change(descriptor, to: [])
        resumeLater(milliseconds)
    }

    private func resumeLater(_ milliseconds: Int) {
        timer = loop.schedule(milliseconds: milliseconds) { [self] in
            if !isReserved, quota.isExhausted { return resumeLater(Self.pauseMilliseconds) }
            timer = nil
            loop.change(descriptor, to: .readable)
        }
    }
}
