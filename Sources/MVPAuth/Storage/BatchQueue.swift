internal import Synchronization

/// What waits for a store's writer. The writer takes everything that waits at once: load makes batches, and nobody
/// waits for a batch to fill.
package final class BatchQueue<Member: Sendable>: Sendable {
    private struct State {
        var waiting: [Member] = []
        var isDraining = false
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    package enum Admission {
        /// Nobody drains the queue: the caller has to see to it.
        case begin
        case queued
        case refused(AuthError)
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let longestBatch: Int
    private let sizes: Histogram?

    /// - Parameter sizes: is told how many members each batch has.
    package init(capacity: Int = 10_000, longestBatch: Int = 256, sizes: Histogram? = nil) {
        self.sizes = sizes
        self.capacity = capacity
        self.longestBatch = longestBatch
    }

    package func append(_ member: Member) -> Admission {
        state.withLock { state in
            if state.isClosed { return .refused(AuthError(.storageUnavailable)) }
            if state.waiting.count >= capacity {
                return .refused(AuthError(.overloaded, retryAfterMilliseconds: 100))
            }
            state.waiting.append(member)
            if state.isDraining { return .queued }
            state.isDraining = true
            return .begin
        }
    }

    /// The next batch. Nil: nothing waits, and the next one to append has to begin again.
    package func next() -> [Member]? {
        let batch = take()
        if let batch { sizes?.note(batch.count) }
        return batch
    }

    private func take() -> [Member]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                for closer in state.closers { closer.resume() }
                state.closers = []
                return nil
            }
            guard state.waiting.count > longestBatch else {
                defer { state.waiting.removeAll(keepingCapacity: true) }
                return state.waiting
            }
            defer { state.waiting.removeFirst(longestBatch) }
            return Array(state.waiting.prefix(longestBatch))
        }
    }

    /// Refuses what comes later and waits for what came before.
    package func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isClosed = true
                if state.isDraining { state.closers.append(continuation) }
                return !state.isDraining
            }
            if isIdle { continuation.resume() }
        }
    }
}
