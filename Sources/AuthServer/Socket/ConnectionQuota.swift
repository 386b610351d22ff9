internal import Glibc
internal import Synchronization

/// How many connections there may be: by uid, and in all below the limit of open files, so that the store, the log and
/// the operators' socket always get a descriptor.
package final class ConnectionQuota: Sendable {
    private struct State: ~Copyable {
        var byUser: [UInt32: Int] = [:]
        var total = 0
    }

    package let total: Int
    private let state = Mutex(State())

    package init(total: Int) {
        self.total = total
    }

    package var isExhausted: Bool {
        state.withLock { $0.total >= total }
    }

    /// Counts a connection in. False when the user has `most` of them.
    package func enter(_ uid: UInt32, most: Int) -> Bool {
        state.withLock {
            guard $0.byUser[uid, default: 0] < most else { return false }
            $0.byUser[uid, default: 0] += 1
            $0.total += 1
            return true
        }
    }

    package func leave(_ uid: UInt32) {
        state.withLock {
            $0.total -= 1
            if $0.byUser[uid] == 1 { $0.byUser[uid] = nil } else { $0.byUser[uid, default: 1] -= 1 }
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
