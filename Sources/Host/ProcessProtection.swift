internal import CLinux
internal import Glibc

/// What a server denies to others of the same uid, and to crash handlers: it holds keys or passwords.
package enum ProcessProtection {
    package static func apply() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // No ptrace and no reading of /proc/PID/mem by the same uid (prctl(2)).
        _ = process_set_dumpable(0)
        umask(0o077)
    }
}
