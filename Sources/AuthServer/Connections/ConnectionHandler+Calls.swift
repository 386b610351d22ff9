internal import AuthAPI
internal import JSONRPC
internal import MVPAuth
internal import NIOCore

extension ConnectionHandler {
    /// Begins what a line asks for: what is immediate is written for this connection at once, the rest when it
    /// completes.
    func begin(_ line: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) {
        let system = resources.system(of: server)
        switch resources.parser.parse(line) {
        case .single(.request(let request)): begin(request, with: system, context)
        case .single(.invalid(let invalid)):
            dispatcher.refuse(invalid.id, invalid.error, writer: &resources.writer)
        case .batch(let items): begin(items, context)
        case .error(let error): dispatcher.refuse(nil, error, writer: &resources.writer)
        case .ignored, .single(.ignored): break
        }
    }

    private func begin(_ request: Request, with system: AuthSystem, _ context: ChannelHandlerContext) {
        guard let begun = dispatcher.begin(request, on: state, with: system, writer: &resources.writer) else { return }
        let cost = begun.cost
        if cost == .hashing, let limit = machine.hashingLimit() {
            refuse(request.id, at: limit, writer: &resources.writer)
            return
        }
        machine.began(cost)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        run(begun.work, of: request, context) { reply in
            let (handler, context) = bound.value
            handler.write(reply, context)
        } whenDone: {
            let (handler, context) = bound.value
            handler.machine.completed(cost)
            handler.act(context)
        }
    }

    /// When to come again whom the limits have kept from waiting for a hash.
    private static let retryMilliseconds = 1000

    private func refuse(_ id: RequestID?, at limit: Limits.Name, writer: inout ResponseWriter) {
        server.countLimit(limit)
        dispatcher.refuse(
            id, AuthError(.overloaded, retryAfterMilliseconds: Self.retryMilliseconds), writer: &writer)
    }

    /// The calls of a batch run one after another; the batch counts as one call in flight, of the cost of the call that
    /// it waits for.
    private func begin(_ items: [RequestItem], _ context: ChannelHandlerContext) {
        machine.began(.store)
        if goOn(BatchCall(items, limit: state.limits.replyBytes), context) { machine.completed(.store) }
    }

    /// Begins what is left of a batch, up to a call that suspends. True when the batch has been answered.
    private func goOn(_ batch: BatchCall, _ context: ChannelHandlerContext) -> Bool {
        let system = resources.system(of: server)
        while machine.isOpen, let item = batch.next() {
            let start = batch.writer.json.count
            switch item {
            case .ignored: continue
            case .invalid(let invalid): dispatcher.refuse(invalid.id, invalid.error, writer: &batch.writer)
            case .request(let request):
                guard !batch.isFull else {
                    refuse(request, in: batch, executed: false)
                    continue
                }
                if let begun = dispatcher.begin(request, on: state, with: system, writer: &batch.writer) {
                    let limit = begun.cost == .hashing ? machine.hashingLimit(holding: start) : nil
                    guard let limit else {
                        run(begun, of: request, in: batch, context)
                        return false
                    }
                    refuse(request.id, at: limit, writer: &batch.writer)
                }
                if !batch.keep(from: start) { refuse(request, in: batch, executed: true) }
            }
        }
        write(batch.line(), context)
        return true
    }

    private func run(
        _ begun: Dispatcher.Begun, of request: Request, in batch: BatchCall, _ context: ChannelHandlerContext
    ) {
        let bound = NIOLoopBound((self, context, batch), eventLoop: context.eventLoop)
        let (cost, held) = (begun.cost, batch.writer.json.count)
        machine.began(cost)
        if cost == .hashing {
            machine.completed(.store)
            state.share.count(hashing: 0, holding: held)
        }
        run(begun.work, of: request, context) { reply in
            let (handler, context, batch) = bound.value
            if cost == .hashing {
                handler.machine.began(.store)
                handler.state.share.count(hashing: 0, holding: -held)
            }
            let start = batch.writer.json.count
            batch.writer.element(reply)
            if !batch.keep(from: start) { handler.refuse(request, in: batch, executed: true) }
            if handler.goOn(batch, context) {
                handler.machine.completed(.store)
                handler.act(context)
            }
        } whenDone: {
            let (handler, context, _) = bound.value
            handler.machine.completed(cost)
            handler.act(context)
        }
    }

    /// Says in the place of a reply that it did not fit.
    private func refuse(_ request: Request, in batch: BatchCall, executed: Bool) {
        dispatcher.refuse(request.id, dispatcher.replyTooLarge(state, executed: executed), writer: &batch.writer)
    }

    /// Does the work of a call in a task.
    ///
    /// - Parameters:
    ///   - deliver: is given the reply, once: what the work came to or, at the call's deadline, that it has passed.
    ///   - whenDone: is told when the work has ended, on time or not.
    private func run(
        _ work: @escaping Route.Work, of request: Request, _ context: ChannelHandlerContext,
        deliver: @escaping ([UInt8]) -> Void, whenDone: @escaping () -> Void
    ) {
        let (dispatcher, state, id, loop) = (dispatcher, state, request.id, context.eventLoop)
        let trace = request.meta.traceparent
        let pending = PendingCall(deliver)
        let bound = NIOLoopBound((pending, whenDone), eventLoop: loop)
        let task = Task(executorPreference: resources.executor(for: resources.system(of: server))) {
            var writer = ResponseWriter()
            await dispatcher.finish(work, for: id, trace: trace, on: state, writer: &writer)
            let reply = writer.json.bytes
            loop.execute {
                let (pending, whenDone) = bound.value
                if let number = pending.number { state.end(number) }
                pending.answer(reply)
                whenDone()
            }
        }
        if let id { pending.number = state.begin(id, task) }
        guard let milliseconds = request.meta.timeoutMilliseconds else { return }
        let deadline = TimeAmount.milliseconds(Int64(clamping: min(milliseconds, 86_400_000)))
        pending.deadline = loop.scheduleTask(in: deadline) {
            task.cancel()
            var writer = ResponseWriter()
            dispatcher.refuse(id, AuthError(.deadlineExceeded, executed: true), writer: &writer)
            bound.value.0.answer(writer.json.bytes)
        }
    }
}

/// A call that has begun. Touched on its connection's loop only.
private final class PendingCall {
    /// Under which the connection can cancel it; nil for a notification.
    var number: UInt64?
    var deadline: Scheduled<Void>?
    private var deliver: (([UInt8]) -> Void)?

    init(_ deliver: @escaping ([UInt8]) -> Void) {
        self.deliver = deliver
    }

    /// Delivers the first answer.
    func answer(_ reply: [UInt8]) {
        deadline?.cancel()
        deliver?(reply)
        deliver = nil
    }
}
