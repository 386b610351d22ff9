internal import Glibc

/// Tells the service manager how the process is doing, by the convention of sd_notify(3): one datagram of `NAME=value`
/// lines to the socket `NOTIFY_SOCKET`. Without a manager it tells nobody.
package struct ServiceNotifier: Sendable {
    private let address: [UInt8]?
    /// How often the manager wants a sign of life; nil where it does not watch. Half of what it waits for.
    package let watchdogInterval: Duration?

    package init(environment: [String: String], process: Int32 = getpid()) {
        let path = environment["NOTIFY_SOCKET"].map { Array($0.utf8) } ?? []
        let isUsable = path.first == UInt8(ascii: "/") || path.first == UInt8(ascii: "@")
        address = isUsable && path.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) ? path : nil
        let watched = environment["WATCHDOG_PID"].map { Int32($0) == process } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogInterval = watched && microseconds > 0 && address != nil ? .microseconds(microseconds / 2) : nil
    }

    /// Serving, for the first time or again.
    package func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }

    /// Reading the configuration again; `ready` ends it.
    package func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
    }

    /// Finishing what is in flight.
    package func stopping() { send("STOPPING=1\nSTATUS=Finishing what is in flight.") }

    /// Alive; the status is for people to read.
    package func alive(_ status: String) { send("WATCHDOG=1\nSTATUS=\(status)") }

    private func send(_ message: String) {
        guard let address else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var destination = sockaddr_un()
        destination.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &destination.sun_path) { $0.copyBytes(from: address) }
        // An abstract name begins with NUL and ends with its last byte (unix(7)).
        let isAbstract = address[0] == UInt8(ascii: "@")
        if isAbstract { destination.sun_path.0 = 0 }
        let pathOffset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = socklen_t(pathOffset + address.count + (isAbstract ? 0 : 1))
        let bytes = Array(message.utf8)
        withUnsafePointer(to: &destination) {
            // SAFETY: a sockaddr_un may be passed as a sockaddr of its own size (unix(7)).
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
