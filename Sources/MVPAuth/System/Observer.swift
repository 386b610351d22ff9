internal import Synchronization

/// Whom something is told: nobody, until somebody wants to hear it.
final class Observer<Value>: Sendable {
    /// A closure by itself in a `Mutex` is wrapped in one more whenever it is looked at, until a call of it does not fit on
    /// the stack (Swift 6.3).
    private struct Listener {
        let tell: @Sendable (Value) -> Void
    }

    private let listener = Mutex<Listener?>(nil)

    func observe(_ tell: @escaping @Sendable (Value) -> Void) {
        listener.withLock { $0 = Listener(tell: tell) }
    }

    func tell(_ value: Value) { listener.withLock { $0 }?.tell(value) }
}
