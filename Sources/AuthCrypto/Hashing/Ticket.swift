internal import Synchronization

/// Resumes a waiter at most once: the thread that did the work and the cancellation may both try.
final class OneAnswer<Value: Sendable>: Sendable {
    private let resume: Mutex<(@Sendable (Value) -> Void)?>

    init(_ resume: @escaping @Sendable (Value) -> Void) {
        self.resume = Mutex(resume)
    }

    func callAsFunction(_ value: Value) {
        let resume = resume.withLock { resume in
            defer { resume = nil }
            return resume
        }
        resume?(value)
    }
}

/// Brings a cancellation to the job that it is meant for, whichever of the two comes first.
final class Ticket: Sendable {
    private enum State {
        case pending
        case given(@Sendable () -> Void)
        case cancelled
    }

    private let state = Mutex(State.pending)

    func give(_ cancel: @escaping @Sendable () -> Void) {
        let isCancelled = state.withLock { state in
            if case .cancelled = state { return true }
            state = .given(cancel)
            return false
        }
        if isCancelled { cancel() }
    }

    func cancel() {
        let cancel: (@Sendable () -> Void)? = state.withLock { state in
            defer { state = .cancelled }
            if case .given(let cancel) = state { return cancel }
            return nil
        }
        cancel?()
    }
}
