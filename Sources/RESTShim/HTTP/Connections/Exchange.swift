internal import HTTPTypes
internal import NIOCore

/// A request that is being answered. Lives on its connection's loop.
final class Exchange {
    enum Body {
        /// Not complete; the promise is there once the route has asked for it.
        case pending(EventLoopPromise<ByteBuffer>?)
        case complete(ByteBuffer)
        case failed(Failure)
    }

    /// Counts the requests of a connection.
    let number: Int
    let head: RequestHead
    let id: String
    let start = NIODeadline.now()
    var body = Body.pending(nil)
    var task: Task<Void, Never>?

    init(number: Int, head: RequestHead, id: String) {
        self.number = number
        self.head = head
        self.id = id
    }

    var isBodyPending: Bool {
        if case .pending = body { true } else { false }
    }

    var isBodyComplete: Bool {
        if case .complete = body { true } else { false }
    }

    func complete(_ bytes: ByteBuffer) {
        if case .pending(let promise?) = body { promise.succeed(bytes) }
        body = .complete(bytes)
    }

    /// The rest of the body will not be read.
    func fail(_ failure: Failure) {
        guard case .pending(let promise) = body else { return }
        promise?.fail(failure)
        body = .failed(failure)
    }
}

/// The body of a request, which is read when it is asked for: a client that waits to be told (`Expect: 100-continue`)
/// is told then, and not when the request is refused by its head.
struct AwaitedBody: AsyncSequence, Sendable {
    let read: @Sendable () -> EventLoopFuture<ByteBuffer>

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var read: (@Sendable () -> EventLoopFuture<ByteBuffer>)?

        mutating func next() async throws -> ByteBuffer? {
            guard let read else { return nil }
            self.read = nil
            return try await read().get()
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(read: read) }
}
