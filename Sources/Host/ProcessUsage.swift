internal import Glibc

/// What this process takes of the host, by proc(5), getrusage(2) and getrlimit(2). Nil is what the host does not say.
package struct ProcessUsage: Sendable {
    package let cpuSeconds: Double
    /// Bytes.
    package let memory: (resident: Int, virtual: Int)?
    package let openDescriptors: Int?
    package let mostDescriptors: Int
    /// Seconds since 1970.
    package let startedAt: Double?

    package static var current: ProcessUsage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return ProcessUsage(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), memory: memory(),
            openDescriptors: openDescriptors(), mostDescriptors: Int(clamping: limit.rlim_cur), startedAt: start())
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }

    private static func memory() -> (resident: Int, virtual: Int)? {
        let fields = (text("/proc/self/statm") ?? "").split(separator: " ").compactMap { Int($0) }
        guard fields.count > 1 else { return nil }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        return (fields[1] * page, fields[0] * page)
    }

    /// The size of the directory, where the kernel says it (Linux 6.2); else they are counted.
    private static func openDescriptors() -> Int? {
        var status = stat()
        guard stat("/proc/self/fd", &status) == 0 else { return nil }
        if status.st_size > 0 { return Int(status.st_size) }
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Its own, and the two dots.
        return count - 3
    }

    /// By the clock that counts from the start of the host, as the kernel has noted it.
    private static func start() -> Double? {
        // The name of the program, which may hold anything, ends with the last bracket.
        guard let fields = text("/proc/self/stat"), let end = fields.utf8.lastIndex(of: UInt8(ascii: ")")) else {
            return nil
        }
        let rest = fields[fields.utf8.index(after: end)...].split(separator: " ")
        guard rest.count > 19, let ticks = Double(rest[19]) else { return nil }
        let age = clock(CLOCK_BOOTTIME) - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        return ((clock(CLOCK_REALTIME) - age) * 100).rounded() / 100
    }

    private static func clock(_ id: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(id, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    private static func text(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
