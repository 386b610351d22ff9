internal import Synchronization

/// Wakes whoever hands messages over.
final class QueuedMessages: ChangeFollower {
    private let wake = Mutex<@Sendable () -> Void>({})

    func register(_ wake: @escaping @Sendable () -> Void) {
        self.wake.withLock { $0 = wake }
    }

    func apply(_ change: Change) {
        guard change == .messageQueued else { return }
        wake.withLock { $0 }()
    }
}
