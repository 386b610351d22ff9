internal import AuthAPI
internal import JSONRPC
internal import MVPAuth

extension ConnectionHandler {
    /// Begins what a line asks for: what is known at once is written for this connection, the rest when it completes.
    func begin(_ line: UnsafeRawBufferPointer) {
        let system = resources.system(of: server)
        switch resources.parser.parse(line) {
        case .single(let item):
            let pending = dispatcher.answer(item, on: state, with: system, writer: &resources.writer) {
                machine.hashingLimit()
            }
            if let pending { run(pending) }
        case .batch(let items): begin(items)
        case .error(let error): dispatcher.refuse(nil, error, on: state, writer: &resources.writer)
        case .ignored: break
        }
    }

    private func run(_ pending: PendingAnswer) {
        let cost = pending.cost
        machine.began(cost)
        run(pending) { [self] reply in
            write(reply)
        } whenDone: { [self] in
            machine.completed(cost)
            act()
        }
    }

    /// The calls of a batch run one after another; the batch counts as one call in flight, of the cost of the call that
    /// it waits for.
    private func begin(_ items: [RequestItem]) {
        machine.began(.store)
        continueBatch(BatchCall(items, limit: state.limits.replyBytes))
    }

    /// Begins what is left of a batch, up to a call that suspends or the end of the connection's turn.
    func continueBatch(_ batch: BatchCall) {
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
            if let pending { return run(pending, in: batch) }
            if case .request(let request) = item, !batch.keep(from: start) {
                refuse(request.id, in: batch, executed: true)
            }
        }
        write(batch.line())
        machine.completed(.store)
    }

    private func pause(_ batch: BatchCall) {
        batches.append(batch)
        machine.paused()
    }

    private func run(_ pending: PendingAnswer, in batch: BatchCall) {
        let (id, cost, held) = (pending.id, pending.cost, batch.writer.json.count)
        machine.began(cost)
        if cost == .hashing {
            machine.completed(.store)
            state.share.count(hashing: 0, holding: held)
        }
        run(pending) { [self] reply in
            if cost == .hashing {
                machine.began(.store)
                state.share.count(hashing: 0, holding: -held)
            }
            let start = batch.writer.json.count
            reply.withBytes { batch.writer.element($0) }
            if !batch.keep(from: start) { refuse(id, in: batch, executed: true) }
            pause(batch)
            act()
        } whenDone: { [self] in
            machine.completed(cost)
            act()
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
        _ pending: PendingAnswer, deliver: @escaping (ReplyLine) -> Void, whenDone: @escaping () -> Void
    ) {
        let loop = resources.loop
        let call = CallInFlight(deliver, whenDone)
        let executor = resources.executor(for: resources.system(of: server))
        let task = Task(executorPreference: executor) { [state] in
            let reply = await TaskWaiter.$current.withValue(executor) { await pending.line() }
            loop.execute {
                if let number = call.number { state.end(number) }
                call.answer(reply, on: loop)
                call.whenDone()
            }
        }
        if let id = pending.id {
            call.number = state.begin(id, task)
            // Nobody waits for it any more.
            if !machine.isOpen { task.cancel() }
        }
        guard let milliseconds = pending.timeoutMilliseconds else { return }
        call.deadline = loop.schedule(milliseconds: min(milliseconds, 86_400_000)) {
            task.cancel()
            call.answer(pending.lineAtDeadline(), on: loop)
        }
    }
}
