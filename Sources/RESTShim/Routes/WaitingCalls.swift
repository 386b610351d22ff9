internal import Synchronization

/// The calls that hash a password: what is not answered yet. There may be so many of them and no more, since each takes
/// a core for a good part of a second; calls of other costs never wait for one.
final class WaitingCalls: Sendable {
    private let most: Int
    private let count = Mutex(0)

    init(most: Int) {
        self.most = most
    }

    /// False when there are as many as there may be.
    func enter() -> Bool {
        count.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
    }

    func leave() {
        count.withLock { $0 -= 1 }
    }
}
