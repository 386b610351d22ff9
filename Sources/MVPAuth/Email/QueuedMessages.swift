internal import Synchronization

/// Wakes whoever hands messages over, and counts what this process has queued.
final class QueuedMessages: ChangeFollower {
    private struct State {
        var wake: @Sendable () -> Void = {}
        var enqueued = 0
        var suppressed = 0
    }

    private let state = Mutex(State())

    func register(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
    }

    func apply(_ change: Change) {
        guard case .messageQueued(let isNew) = change else { return }
        let wake = state.withLock { state in
            if isNew { state.enqueued += 1 }
            return state.wake
        }
        wake()
    }

    /// A message was asked for whose address has had its share.
    func countSuppressed() {
        state.withLock { $0.suppressed += 1 }
    }

    var counts: (enqueued: Int, suppressed: Int) { state.withLock { ($0.enqueued, $0.suppressed) } }
}
