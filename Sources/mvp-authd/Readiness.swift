internal import Synchronization

/// Says once that everything that has to be ready is.
final class Readiness: Sendable {
    enum Step: CaseIterable { case sockets, store }

    private let missing = Mutex(Set(Step.allCases))
    private let ready: @Sendable () -> Void

    init(ready: @escaping @Sendable () -> Void) {
        self.ready = ready
    }

    func reached(_ step: Step) {
        let isLast = missing.withLock { $0.remove(step) != nil && $0.isEmpty }
        if isLast { ready() }
    }
}
