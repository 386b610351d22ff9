import Foundation
import MVPAuth
import MVPAuthClient

/// The rows of Swift in `make bench-clients`. usage: ClientRows SOCKET TOKEN SECONDS
@main
enum ClientRows {
    static func main() async throws {
        let arguments = CommandLine.arguments
        try await rows(arguments[1], arguments[2], Double(arguments[3]) ?? 1)
    }

    /// Not on the main thread, where no service makes its calls.
    private static func rows(_ path: String, _ token: String, _ seconds: Double) async throws {
        let raw = try RawSocket(path, token)
        var answer = [UInt8](repeating: 0, count: 65_536)
        try show("raw socket", await measure(seconds) { try raw.call(&answer) })

        var configuration = AuthClient.Configuration()
        configuration.socket = path
        let auth = AuthClient(configuration)
        let accessToken = Secret(token)
        try show("AuthClient", await measure(seconds) { _ = try await auth.verify(accessToken: accessToken) })
        await auth.close()
    }

    /// Makes one call after the other. The first connects, and is not counted.
    private static func measure(_ seconds: Double, _ call: () async throws -> Void) async throws -> [Duration] {
        try await call()
        var times: [Duration] = []
        let end = ContinuousClock.now + .seconds(seconds)
        var began = ContinuousClock.now
        while began < end {
            try await call()
            let now = ContinuousClock.now
            times.append(now - began)
            began = now
        }
        return times
    }

    private static func show(_ name: String, _ times: [Duration]) throws {
        let microseconds = times.map { $0 / Duration.microseconds(1) }.sorted()
        let row: [String: Any] = [
            "name": name, "raw": "raw socket", "rate": Double(microseconds.count) * 1e6 / microseconds.reduce(0, +),
            "p50": microseconds[microseconds.count / 2], "p99": microseconds[microseconds.count * 99 / 100],
        ]
        print(String(decoding: try JSONSerialization.data(withJSONObject: row), as: UTF8.self))
    }
}

/// What a socket can do: the same line, nothing checked, nothing decoded.
private struct RawSocket {
    private let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    private let line: [UInt8]

    init(_ path: String, _ token: String) throws {
        line = Array(
            #"{"jsonrpc":"2.0","id":"1","method":"token.verify","params":{"access_token":"\#(token)"}}"#.utf8 + [10])
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            // SAFETY: socket addresses of every family are passed as sockaddr (connect(2)).
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    func call(_ answer: inout [UInt8]) throws {
        guard send(descriptor, line, line.count, 0) == line.count else { throw POSIXError(.EPIPE) }
        while true {
            let count = recv(descriptor, &answer, answer.count, 0)
            guard count > 0 else { throw POSIXError(.EPIPE) }
            if answer[count - 1] == 10 { return }
        }
    }
}
