internal import Host

extension MetricsText {
    /// What the process takes of the host. What the host does not say is left out.
    ///
    /// - Parameter prefix: what the usual names begin with, where another process has these.
    package mutating func addProcess(prefix: String = "") {
        let usage = ProcessUsage.current
        add(
            prefix + "process_cpu_seconds_total", .counter, "Time that the process has computed, in seconds.",
            usage.cpuSeconds)
        if let memory = usage.memory {
            add(
                prefix + "process_resident_memory_bytes", .gauge, "Memory of the process that is in use, in bytes.",
                memory.resident)
            add(
                prefix + "process_virtual_memory_bytes", .gauge, "Address space of the process, in bytes.",
                memory.virtual)
        }
        if let open = usage.openDescriptors {
            add(prefix + "process_open_fds", .gauge, "Descriptors that the process has open.", open)
        }
        add(
            prefix + "process_max_fds", .gauge, "Descriptors that the process may have open.", usage.mostDescriptors)
        if let start = usage.startedAt {
            add(
                prefix + "process_start_time_seconds", .gauge, "When the process began, in seconds since 1970.", start)
        }
    }
}
