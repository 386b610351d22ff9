internal import NIOCore
internal import Synchronization

/// The connections that are open, so that a stop can finish them.
final class ConnectionSet: Sendable {
    private struct State: ~Copyable {
        var open: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
    }

    private let state = Mutex(State())

    func insert(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        let isLate = state.withLock {
            $0.open[key] = channel
            return $0.isDraining
        }
        channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.open[key] = nil } }
        if isLate { finish(channel) }
    }

    /// Asks every connection to finish what is in flight, and waits until all have closed: those too that were accepted
    /// a moment before the listener was closed.
    func drain() async {
        for channel in beginDraining() { finish(channel) }
        while case let channels = open, !channels.isEmpty {
            for channel in channels { try? await channel.closeFuture.get() }
        }
    }

    private var open: [any Channel] { state.withLock { Array($0.open.values) } }

    private func beginDraining() -> [any Channel] {
        state.withLock {
            $0.isDraining = true
            return Array($0.open.values)
        }
    }

    private func finish(_ channel: any Channel) {
        channel.eventLoop.execute {
            let pipeline = channel.pipeline.syncOperations
            guard let context = try? pipeline.context(handlerType: ConnectionHandler.self),
                let handler = context.handler as? ConnectionHandler
            else { return channel.close(promise: nil) }
            handler.drain(context: context)
        }
    }
}
