internal import JSONRPC
internal import MVPAuth
internal import NIOCore
internal import StrictJSON
internal import Synchronization

/// One connection's sending side, from any thread. What several callers submit in one turn of the loop leaves in one
/// write.
final class Connection: Sendable {
    private struct Outbox: ~Copyable {
        var writer = RequestWriter()
        var calls: [PendingCall] = []
        var nextID = 1
        var isDrainPlanned = false
    }

    let channel: any Channel
    private let handler: NIOLoopBound<ReplyHandler>
    private let outbox = Mutex(Outbox())

    /// To be called on the channel's loop.
    init(channel: any Channel, handler: ReplyHandler) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    /// Sends a call and waits for its answer.
    func exchange(
        _ method: String, _ params: some Encodable, idempotencyKey: [UInt8]? = nil, trace: TraceParent? = nil,
        deadline: NIODeadline
    ) async throws(AuthClientError) -> JSONValue {
        let remaining = (deadline - .now()).nanoseconds / 1_000_000
        guard remaining > 0 else { throw .local(.deadlineExceeded, executed: false) }
        let meta = RequestMeta(
            timeoutMilliseconds: Int(remaining), idempotencyKey: idempotencyKey, traceparent: trace)
        let handle = CallHandle()
        let result: Result<JSONValue, AuthClientError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(method, params, meta, deadline, handle, continuation)
                // A cancellation that came before there was an id to give up.
                if Task.isCancelled { cancel(handle) }
            }
        } onCancel: {
            cancel(handle)
        }
        return try result.get()
    }

    /// Sends a call that nobody answers.
    func notify(_ method: String, _ params: some Encodable) {
        var writer = RequestWriter()
        guard (try? writer.notification(method: method, params: params)) != nil else { return }
        channel.writeAndFlush(writer.json.withBytes { channel.allocator.buffer(bytes: $0) }, promise: nil)
    }

    func close() async {
        try? await channel.close()
    }

    private func submit(
        _ method: String, _ params: some Encodable, _ meta: RequestMeta, _ deadline: NIODeadline,
        _ handle: CallHandle, _ continuation: CheckedContinuation<Result<JSONValue, AuthClientError>, Never>
    ) {
        var refusal = AuthClientError.local(.invalidParams, executed: false)
        let planned = outbox.withLock { outbox -> Bool? in
            let id = outbox.nextID
            do {
                try outbox.writer.request(id: id, method: method, params: params, meta: meta)
            } catch {
                if let text = error as? JSONMismatch { refusal.fields = [text] }
                return nil
            }
            outbox.nextID += 1
            handle.id.store(id, ordering: .releasing)
            outbox.calls.append(PendingCall(id: id, deadline: deadline, continuation: continuation))
            defer { outbox.isDrainPlanned = true }
            return outbox.isDrainPlanned
        }
        switch planned {
        case nil: continuation.resume(returning: .failure(refusal))
        case true: break
        case false: channel.eventLoop.execute { self.drain() }
        }
    }

    /// The caller is gone: says so to the daemon, and answers at once.
    private func cancel(_ handle: CallHandle) {
        channel.eventLoop.execute { [self] in
            drain()
            handler.value.cancel(handle.id.load(ordering: .acquiring), channel)
        }
    }

    private func drain() {
        let (bytes, calls) = outbox.withLock { outbox in
            defer {
                outbox.writer.removeAll()
                outbox.calls.removeAll(keepingCapacity: true)
                outbox.isDrainPlanned = false
            }
            return (outbox.writer.json.withBytes { channel.allocator.buffer(bytes: $0) }, outbox.calls)
        }
        if !calls.isEmpty { handler.value.send(bytes, calls, channel) }
    }
}

/// The id that a call was sent under; 0 before it was.
private final class CallHandle: Sendable {
    let id = Atomic(0)
}

/// A call that waits for its answer.
struct PendingCall: Sendable {
    let id: Int
    let deadline: NIODeadline
    let continuation: CheckedContinuation<Result<JSONValue, AuthClientError>, Never>
}
