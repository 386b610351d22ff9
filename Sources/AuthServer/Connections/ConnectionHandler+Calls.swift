internal import AuthAPI
internal import JSONRPC
internal import NIOCore

extension ConnectionHandler {
    /// Begins what a line asks for: what is known at once is written for this connection, the rest when it completes.
    func begin(_ line: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) {
        let system = resources.system(of: server)
        switch resources.parser.parse(line) {
        case .single(let item):
            let pending = dispatcher.answer(item, on: state, with: system, writer: &resources.writer) {
                machine.hashingLimit()
            }
            if let pending { run(pending, context) }
        case .batch(let items): begin(items, context)
        case .error(let error): dispatcher.refuse(nil, error, on: state, writer: &resources.writer)
        case .ignored: break
        }
    }

    private func run(_ pending: PendingAnswer, _ context: ChannelHandlerContext) {
        let cost = pending.cost
        machine.began(cost)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        run(pending, context) { reply in
            let (handler, context) = bound.value
            handler.write(reply, context)
        } whenDone: {
            let (handler, context) = bound.value
            handler.machine.completed(cost)
            handler.act(context)
        }
    }

    /// The calls of a batch run one after another; the batch counts as one call in flight, of the cost of the call that
    /// it waits for.
    private func begin(_ items: [RequestItem], _ context: ChannelHandlerContext) {
        machine.began(.store)
        continueBatch(BatchCall(items, limit: state.limits.replyBytes), context)
    }

    /// Begins what is left of a batch, up to a call that suspends or the end of the connection's turn.
    func continueBatch(_ batch: BatchCall, _ context: ChannelHandlerContext) {
        let system = resources.system(of: server)
        var isFirst = true
        while !machine.isOver, !batch.isEmpty {
            let start = batch.writer.json.count
            if !isFirst, resources.turns.isOver(written: start) { return pause(batch) }
            isFirst = false
            guard let item = batch.next() else { break }
            if batch.isFull, case .request(let request) = item {
                refuse(request.id, in: batch, executed: false)
                continue
            }
            let pending = dispatcher.answer(item, on: state, with: system, writer: &batch.writer) {
                machine.hashingLimit(holding: start)
            }
            if let pending { return run(pending, in: batch, context) }
            if case .request(let request) = item, !batch.keep(from: start) {
                refuse(request.id, in: batch, executed: true)
            }
        }
        write(batch.line(), context)
        machine.completed(.store)
    }

    private func pause(_ batch: BatchCall) {
        batches.append(batch)
        machine.paused()
    }

    private func run(_ pending: PendingAnswer, in batch: BatchCall, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context, batch), eventLoop: context.eventLoop)
        let (id, cost, held) = (pending.id, pending.cost, batch.writer.json.count)
        machine.began(cost)
        if cost == .hashing {
            machine.completed(.store)
            state.share.count(hashing: 0, holding: held)
        }
        run(pending, context) { reply in
            let (handler, context, batch) = bound.value
            if cost == .hashing {
                handler.machine.began(.store)
                handler.state.share.count(hashing: 0, holding: -held)
            }
            let start = batch.writer.json.count
            reply.withBytes { batch.writer.element($0) }
            if !batch.keep(from: start) { handler.refuse(id, in: batch, executed: true) }
            handler.pause(batch)
            handler.act(context)
        } whenDone: {
            let (handler, context, _) = bound.value
            handler.machine.completed(cost)
            handler.act(context)
        }
    }

    /// Says in the place of a reply that it did not fit.
    private func refuse(_ id: RequestID?, in batch: BatchCall, executed: Bool) {
        dispatcher.refuse(id, dispatcher.replyTooLarge(state, executed: executed), on: state, writer: &batch.writer)
    }

    /// Asks for an answer in a task.
    ///
    /// - Parameters:
    ///   - deliver: is given the reply, once: what the work came to or, at the call's deadline, that it has passed.
    ///   - whenDone: is told when the work has ended, on time or not.
    private func run(
        _ pending: PendingAnswer, _ context: ChannelHandlerContext,
        deliver: @escaping (ReplyLine) -> Void, whenDone: @escaping () -> Void
    ) {
        let (state, loop) = (state, context.eventLoop)
        let call = CallInFlight(deliver)
        let bound = NIOLoopBound((call, whenDone), eventLoop: loop)
        let task = Task(executorPreference: resources.executor(for: resources.system(of: server))) {
            let reply = await pending.line()
            loop.execute {
                let (call, whenDone) = bound.value
                if let number = call.number { state.end(number) }
                call.answer(reply)
                whenDone()
            }
        }
        if let id = pending.id {
            call.number = state.begin(id, task)
            // Nobody waits for it any more.
            if !machine.isOpen { task.cancel() }
        }
        guard let milliseconds = pending.timeoutMilliseconds else { return }
        let deadline = TimeAmount.milliseconds(Int64(clamping: min(milliseconds, 86_400_000)))
        call.deadline = loop.scheduleTask(in: deadline) {
            task.cancel()
            bound.value.0.answer(pending.lineAtDeadline())
        }
    }
}

/// A call that has begun. Touched on its connection's loop only.
private final class CallInFlight {
    /// Under which the connection can cancel it; nil for a notification.
    var number: UInt64?
    var deadline: Scheduled<Void>?
    private var deliver: ((ReplyLine) -> Void)?

    init(_ deliver: @escaping (ReplyLine) -> Void) {
        self.deliver = deliver
    }

    /// Delivers the first answer.
    func answer(_ reply: ReplyLine) {
        deadline?.cancel()
        deliver?(reply)
        deliver = nil
    }
}
