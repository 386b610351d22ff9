internal import Glibc
internal import Synchronization

/// How many connections there may be: by uid, and in all below the limit of open files, so that the store, the log and
/// the operators' socket always get a descriptor. The sum counts from the accept on: a burst does not get past it.
package final class ConnectionQuota: Sendable {
    private struct State: ~Copyable {
        var byUser: [UInt32: (share: UserShare, connections: Int)] = [:]
        var total = 0
    }

    package let total: Int
    private let state = Mutex(State())

    /// What a user's connections may together use for buffers, and the bounds for one of them.
    private static let bufferBytesOfUser = 4 << 20
    private static let bufferBytes = 4096...65_536

    package init(total: Int) {
        self.total = total
    }

    package var isExhausted: Bool {
        state.withLock { $0.total >= total }
    }

    /// Counts a connection that was accepted, and in the end gives its place back.
    func count(accepted change: Int) {
        state.withLock { $0.total += change }
    }

    /// Counts a connection in. Nil when the user has `most` of them. The more a user has, the less each may buffer.
    func enter(_ uid: UInt32, most: Int) -> (share: UserShare, bufferBytes: Int)? {
        state.withLock { state in
            var (share, connections) = state.byUser[uid] ?? (UserShare(uid: uid), 0)
            guard connections < most else { return nil }
            connections += 1
            state.byUser[uid] = (share, connections)
            let bytes = Self.bufferBytesOfUser / connections
            return (share, min(max(bytes, Self.bufferBytes.lowerBound), Self.bufferBytes.upperBound))
        }
    }

    func leave(_ uid: UInt32) {
        state.withLock { state in
            guard let connections = state.byUser[uid]?.connections else { return }
            if connections == 1 {
                state.byUser[uid] = nil
            } else {
                state.byUser[uid]?.connections = connections - 1
            }
        }
    }

    /// Raises the soft limit of open files as far as allowed and returns what it is then.
    package static func raiseOpenFiles(to wanted: Int) -> Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let target = min(rlim_t(wanted), limit.rlim_max)
        if target > limit.rlim_cur {
            limit.rlim_cur = target
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
