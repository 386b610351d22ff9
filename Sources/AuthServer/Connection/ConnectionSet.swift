internal import NIOCore
internal import Synchronization

/// The connections that are open, so that a stop can finish them.
final class ConnectionSet: Sendable {
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

    func insert(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        open.withLock { $0[key] = channel }
        channel.closeFuture.whenComplete { [self] _ in open.withLock { $0[key] = nil } }
    }

    /// Asks every connection to finish what is in flight, and waits until all have closed.
    func drain() async {
        let channels = open.withLock { Array($0.values) }
        for channel in channels {
            channel.eventLoop.execute {
                let pipeline = channel.pipeline.syncOperations
                guard let context = try? pipeline.context(handlerType: ConnectionHandler.self),
                    let handler = context.handler as? ConnectionHandler
                else { return channel.close(promise: nil) }
                handler.drain(context: context)
            }
        }
        for channel in channels { try? await channel.closeFuture.get() }
    }
}
