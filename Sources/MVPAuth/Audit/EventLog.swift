internal import Synchronization

/// Where committed events are told, for the log.
final class EventLog: Sendable {
    private let observer = Mutex<(@Sendable ([AuthEvent]) -> Void)?>(nil)

    func observe(_ observer: @escaping @Sendable ([AuthEvent]) -> Void) {
        self.observer.withLock { $0 = observer }
    }

    func tell(_ events: [AuthEvent]) {
        guard !events.isEmpty, let observer = observer.withLock({ $0 }) else { return }
        observer(events)
    }
}
