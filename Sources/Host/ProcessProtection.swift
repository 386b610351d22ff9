internal import CLinux
internal import Glibc

/// What a program denies to others of the same uid, and to crash handlers: it holds keys or passwords.
package enum ProcessProtection {
    /// Everything, for a server.
    package static func apply() {
        forbidCores()
        // No ptrace and no reading of /proc/PID/mem by the same uid (prctl(2)).
        _ = process_set_dumpable(0)
        umask(0o077)
    }

    /// That no core is left, for a program that people run: it may open `/dev/stdin`, which a process that cannot be
    /// traced may not.
    package static func forbidCores() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
