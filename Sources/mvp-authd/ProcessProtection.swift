internal import CLinux
internal import Glibc

/// What the process denies to others of the same uid, and to crash handlers: it holds keys and passwords.
enum ProcessProtection {
    static func apply() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // No ptrace and no reading of /proc/PID/mem by the same uid (prctl(2)).
        _ = process_set_dumpable(0)
        umask(0o077)
    }
}

/// The environment that the process was started with.
enum ProcessEnvironment {
    static var current: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return variables
    }
}
