import Foundation
import PostgresServer
import Synchronization

/// Stands before a server, whose connections it keeps open when the server has ended them: so a process looks from
/// outside that has said its last word and is not gone yet.
final class LingeringProxy: Sendable {
    private let directory: String
    private let listener: Int32
    private let open = Atomic(0)

    /// The address of a database through it.
    func url(of database: String) -> String { "postgresql://mvp@/\(database)?host=\(directory)" }

    /// How many connections the server has not ended.
    var connections: Int { open.load(ordering: .sequentiallyConsistent) }

    init(before server: PostgresServer, in directory: String) throws {
        self.directory = directory
        listener = try Self.withSocket(in: directory) { bind($0, $1, $2) }
        guard listen(listener, 16) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        let (listener, target) = (listener, server.directory)
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                guard let self, let server = try? Self.withSocket(in: target, { connect($0, $1, $2) }) else {
                    Foundation.close(client)
                    continue
                }
                open.add(1, ordering: .sequentiallyConsistent)
                Thread.detachNewThread { self.relay(client, server) }
            }
        }
    }

    /// Ends the thread that accepts.
    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Foundation.close(listener)
    }

    /// Hands on what either says. When the server has ended, waits for the client to go.
    private func relay(_ client: Int32, _ server: Int32) {
        while true {
            var ends = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: server, events: Int16(POLLIN), revents: 0),
            ]
            poll(&ends, 2, -1)
            if ends[1].revents != 0, !pass(from: server, to: client) { break }
            if ends[0].revents != 0, !pass(from: client, to: server) { break }
        }
        Foundation.close(server)
        open.subtract(1, ordering: .sequentiallyConsistent)
        var ignored = [UInt8](repeating: 0, count: 4096)
        while read(client, &ignored, ignored.count) > 0 {}
        Foundation.close(client)
    }

    /// False at the end.
    private func pass(from source: Int32, to target: Int32) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(source, &bytes, bytes.count)
        guard count > 0 else { return false }
        var sent = 0
        while sent < count {
            let written = bytes[sent..<count].withUnsafeBytes {
                Foundation.send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { return false }
            sent += written
        }
        return true
    }

    /// Makes a socket and does something with it at the address that a server in this directory has.
    private static func withSocket(
        in directory: String, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array((directory + "/.s.PGSQL.5432").utf8.prefix(MemoryLayout.size(ofValue: address.sun_path) - 1))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let result = withUnsafePointer(to: &address) {
            // SAFETY: socket addresses of every family are passed as sockaddr (bind(2)).
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return descriptor
    }
}
