import Foundation
import Testing

/// A stream socket with a time limit, for tests that say exactly which bytes are sent. It blocks a thread that nobody
/// else needs.
final class WireSocket: @unchecked Sendable {
    // SAFETY: a test awaits each operation before it begins the next.
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// What was said over a socket of the daemon; nil for any other.
    private let log: ExchangeLog?

    /// No child of the tests has these: a server counts what it inherits.
    private static let stream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

    init(unix path: String) throws {
        log = ExchangeLog()
        descriptor = socket(AF_UNIX, Self.stream, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        try connect(&address, size)
    }

    init(port: UInt16) throws {
        log = nil
        descriptor = socket(AF_INET, Self.stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        try connect(&address, size)
    }

    /// The other end, of a server that a test has. It waits as long as its client does.
    init(accepted descriptor: Int32) {
        log = nil
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private func connect<Address>(_ address: inout Address, _ size: socklen_t) throws {
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) {
            // SAFETY: socket addresses of every family are passed as sockaddr (bind(2)).
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Foundation.connect(descriptor, $0, size) }
        }
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    func send(_ text: String) async throws {
        log?.sent(Array(text.utf8))
        try await blocking { try self.write(Array(text.utf8)) }
    }

    private func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends what the kernel takes at once. False when that is not everything.
    func offer(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) == bytes.count
    }

    /// Throws away what has come.
    func discard() {
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT)) > 0 {}
    }

    /// Says that nothing more will be sent.
    func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// The next line, without its line feed. Throws at the end and when nothing comes.
    func line() async throws -> String {
        let line = try await blocking { try self.readLine() }
        log?.received(line)
        return line
    }

    private func readLine() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            guard try fill() else { throw POSIXError(.ENOTCONN) }
        }
    }

    /// Everything until the peer closes.
    func rest() async -> [UInt8] {
        let rest = try? await blocking {
            while (try? self.fill()) == true {}
            defer { self.buffer = [] }
            return self.buffer
        }
        return rest ?? []
    }

    func bytes(_ count: Int) async throws -> [UInt8] {
        try await blocking {
            while self.buffer.count < count {
                guard try self.fill() else { throw POSIXError(.ENOTCONN) }
            }
            defer { self.buffer.removeFirst(count) }
            return Array(self.buffer[..<count])
        }
    }

    private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    /// False at the end.
    private func fill() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        buffer += chunk[..<count]
        return count > 0
    }
}
