internal import Glibc

/// How many connections the limit of open files allows.
enum OpenFiles {
    /// For the daemon's connections, the log and what the runtime opens.
    private static let reserve = 64

    /// Raises the soft limit as far as the hard one allows, and says how many connections fit under it.
    static func connections(wanted: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return wanted }
        let target = min(rlim_t(clamping: wanted + reserve), limit.rlim_max)
        if target > limit.rlim_cur {
            limit.rlim_cur = target
            setrlimit(resource, &limit)
            getrlimit(resource, &limit)
        }
        return max(1, min(wanted, Int(clamping: limit.rlim_cur) - reserve))
    }
}
