/// A listening socket and the connections that come by it.
final class SocketServer: Sendable {
    private let acceptor: Acceptor
    private let loop: EventLoop
    private let connections: ConnectionSet

    /// Takes the listening descriptor over, and accepts from now on.
    init(
        descriptor: Int32, listener: AccessPolicy.Listener, quota: ConnectionQuota, dispatcher: Dispatcher,
        server: ServerState, loops: EventLoops
    ) {
        let connections = ConnectionSet()
        let admission = Admission(
            listener: listener, quota: quota, dispatcher: dispatcher, server: server, connections: connections)
        let loop = loops.next().loop
        let acceptor = Acceptor(
            descriptor, quota: quota, isReserved: listener == .operators, server: server, loop: loop
        ) { descriptor in
            let resources = loops.next()
            connections.expect()
            resources.loop.execute { admission.admit(descriptor, on: resources) }
        }
        (self.acceptor, self.loop, self.connections) = (acceptor, loop, connections)
        loop.execute { acceptor.open() }
    }

    /// Stops accepting, tells peers that said hello, lets what is in flight finish, and closes every connection.
    func drain() async {
        await withCheckedContinuation { continuation in
            loop.execute { [acceptor] in
                acceptor.close()
                continuation.resume()
            }
        }
        await connections.drain()
    }
}
