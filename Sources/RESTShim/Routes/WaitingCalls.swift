internal import Synchronization

/// The calls that hash a password and are not answered yet: no more than are answered in time, since each takes a core
/// for a good part of a second. Calls of other costs never wait for one.
final class WaitingCalls: Sendable {
    private let pace: Mutex<AnswerPace>

    init(most: Int, time: Duration) {
        pace = Mutex(AnswerPace(most: most, time: time))
    }

    /// False when there are as many as there may be.
    func enter() -> Bool {
        pace.withLock { $0.enter(at: .now) }
    }

    func leave(hashed: Bool) {
        pace.withLock { $0.leave(hashed: hashed, at: .now) }
    }
}
