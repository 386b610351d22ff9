internal import Synchronization

/// Where committed events are told, for the log.
final class EventLog: Sendable {
    /// For the same reason as in `ThrottleMemory` no closure by itself.
    private struct Observer {
        let tell: @Sendable ([AuthEvent]) -> Void
    }

    private let observer = Mutex<Observer?>(nil)

    func observe(_ observer: @escaping @Sendable ([AuthEvent]) -> Void) {
        self.observer.withLock { $0 = Observer(tell: observer) }
    }

    func tell(_ events: [AuthEvent]) {
        guard !events.isEmpty, let observer = observer.withLock({ $0 }) else { return }
        observer.tell(events)
    }
}
