internal import NIOCore

/// What a connection waits for, and until when. A wait that ends in time costs no timer: the one that is there looks
/// again when it fires.
struct ConnectionTimer {
    enum Wait: Equatable {
        /// For the first byte of a request.
        case idle
        /// For the rest of a head, of a body.
        case head, body
        /// For the client to take an answer.
        case write
        /// For the client to close, after the last answer.
        case linger
        /// For a call whose client may have gone.
        case abandoned
        case none
    }

    private(set) var wait = Wait.none
    private var deadline = NIODeadline.distantFuture
    private var scheduled: Scheduled<Void>?
    private var firing = NIODeadline.distantFuture

    /// Waits from now on. `fire` is called on the loop at the deadline or before; it asks `isOver`.
    mutating func start(
        _ wait: Wait, for time: TimeAmount, on loop: any EventLoop, _ fire: @escaping @Sendable () -> Void
    ) {
        self.wait = wait
        deadline = .now() + time
        schedule(on: loop, fire)
    }

    mutating func stop() {
        wait = .none
        deadline = .distantFuture
    }

    /// What has been waited for too long; nil when it is not over, and then it will fire again.
    mutating func over(on loop: any EventLoop, _ fire: @escaping @Sendable () -> Void) -> Wait? {
        scheduled = nil
        guard wait != .none else { return nil }
        guard NIODeadline.now() < deadline else {
            defer { stop() }
            return wait
        }
        schedule(on: loop, fire)
        return nil
    }

    mutating func cancel() {
        stop()
        scheduled?.cancel()
        scheduled = nil
    }

    private mutating func schedule(on loop: any EventLoop, _ fire: @escaping @Sendable () -> Void) {
        guard scheduled == nil || firing > deadline else { return }
        scheduled?.cancel()
        firing = deadline
        scheduled = loop.scheduleTask(deadline: deadline, fire)
    }
}
