import Foundation
import Synchronization

/// Stands between a client and a daemon, and cuts the line of one exchange where a test says. Lines go to and fro one
/// after the other.
final class CuttingProxy: Sendable {
    enum Cut: Sendable {
        case nothing
        /// So many bytes of the call arrive, and then the end of the stream.
        case call(afterBytes: Int)
        /// So many bytes of the answer arrive, and then the end of the stream.
        case answer(afterBytes: Int)
    }

    let path: String
    private let descriptor: Int32
    private let plan = Mutex(Cut.nothing)
    private let log = Mutex<[String]>([])

    /// The calls that came, hellos not among them.
    var calls: [String] { log.withLock { $0 } }

    /// Begins to listen before a daemon's socket.
    init(before daemon: Daemon) throws {
        path = daemon.directory.path + "/proxy.sock"
        unlink(path)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            // SAFETY: socket addresses of every family are passed as sockaddr (bind(2)).
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, listen(descriptor, 16) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        let (listener, target) = (descriptor, daemon.socket)
        Thread.detachNewThread { [weak self] in
            while true {
                let accepted = accept(listener, nil, nil)
                guard accepted >= 0 else { return }
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                let client = WireSocket(accepted: accepted)
                Task { try? await self?.relay(client, to: try WireSocket(unix: target)) }
            }
        }
    }

    /// Ends the thread that accepts.
    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        Foundation.close(descriptor)
    }

    /// Cuts the next call that comes, and none after it.
    func cutNext(_ cut: Cut) {
        plan.withLock { $0 = cut }
        log.withLock { $0 = [] }
    }

    private func relay(_ client: WireSocket, to daemon: WireSocket) async throws {
        while true {
            let line = try await client.line() + "\n"
            var cut = Cut.nothing
            if !line.contains("\"system.hello\"") {
                log.withLock { $0.append(line) }
                cut = plan.withLock { plan in
                    defer { plan = .nothing }
                    return plan
                }
            }
            switch cut {
            case .nothing:
                try await daemon.send(line)
                try await client.send(try await daemon.line() + "\n")
            case .call(let count):
                try await daemon.send(String(decoding: line.utf8.prefix(count), as: UTF8.self))
                daemon.finish()
                // The daemon has done what it will do before the client hears of anything.
                _ = await daemon.rest()
                return
            case .answer(let count):
                try await daemon.send(line)
                let answer = try await daemon.line() + "\n"
                try await client.send(String(decoding: answer.utf8.prefix(count), as: UTF8.self))
                return
            }
        }
    }
}
