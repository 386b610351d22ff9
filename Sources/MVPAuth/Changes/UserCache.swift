internal import Synchronization

/// Accounts that were read lately, so that asking who somebody is needs no store.
///
/// Each change drops its entry, and a value read before the change cannot be put back after it. Exact as long as every
/// change is heard of: `RevocationIndex.isComplete`.
final class UserCache: ChangeFollower {
    private struct State: ~Copyable {
        var users: [UserID: User] = [:]
        var changes: UInt64 = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    subscript(_ id: UserID) -> User? {
        state.withLock { $0.users[id] }
    }

    /// Counts changes: pass it to `insert` to say when the value was read.
    var changes: UInt64 {
        state.withLock { $0.changes }
    }

    func insert(_ user: User, readAt changes: UInt64) {
        state.withLock {
            guard $0.changes == changes else { return }
            if $0.users.count >= capacity, let victim = $0.users.first?.key { $0.users[victim] = nil }
            $0.users[user.id] = user
        }
    }

    func apply(_ change: Change) {
        switch change {
        case .userChanged(let id, _, _), .userDeleted(let id, _): drop(id)
        case .sessionEnded, .tokenBlocked, .messageQueued: break
        }
    }

    private func drop(_ id: UserID) {
        state.withLock {
            $0.changes &+= 1
            $0.users[id] = nil
        }
    }

    func dropAll() {
        state.withLock {
            $0.changes &+= 1
            $0.users = [:]
        }
    }
}
