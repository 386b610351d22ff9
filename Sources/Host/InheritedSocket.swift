internal import Glibc

/// A listening socket that the process was started with, by the convention of sd_listen_fds(3): `LISTEN_FDS` descriptors
/// from 3 on, meant for the process `LISTEN_PID`, with a name each in `LISTEN_FDNAMES`.
package struct InheritedSocket: Sendable, Equatable {
    package let name: String
    package let descriptor: Int32

    private static let firstDescriptor: Int32 = 3
    private static let nameOfNone = "unknown"

    /// The sockets in their order; none where nothing was meant for this process.
    ///
    /// Throws where the variables contradict themselves, or a descriptor is no listening stream socket.
    package static func all(
        in environment: [String: String], process: Int32 = getpid()
    ) throws(StartFailure) -> [InheritedSocket] {
        guard let owner = environment["LISTEN_PID"], Int32(owner) == process, let count = environment["LISTEN_FDS"]
        else { return [] }
        guard let count = Int32(count), count >= 0, count < 1024 else {
            throw StartFailure("LISTEN_FDS is \"\(count)\" and must be a count of descriptors.")
        }
        let names =
            environment["LISTEN_FDNAMES"].map { $0.split(separator: ":", omittingEmptySubsequences: false) } ?? []
        guard names.isEmpty || names.count == Int(count) else {
            throw StartFailure("LISTEN_FDNAMES has \(names.count) names for \(count) descriptors.")
        }
        var sockets: [InheritedSocket] = []
        for place in 0..<Int(count) {
            let descriptor = firstDescriptor + Int32(place)
            guard isListening(descriptor) else {
                throw StartFailure("The inherited descriptor \(descriptor) is not a listening stream socket.")
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            sockets.append(
                InheritedSocket(
                    name: names.isEmpty ? nameOfNone : String(names[place]), descriptor: descriptor))
        }
        return sockets
    }

    /// The path that a Unix socket is bound to; nil for one of another family.
    package var path: String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            // SAFETY: every socket address may be written where there is room for it (getsockname(2)).
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard named == 0, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
        return withUnsafeBytes(of: address.sun_path) { path in
            path.first == 0 ? nil : String(decoding: path.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static func isListening(_ descriptor: Int32) -> Bool {
        option(SO_ACCEPTCONN, of: descriptor) == 1 && option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue)
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }
}
