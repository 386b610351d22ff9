import AuthAPI
import Foundation
import MVPAuth
import MVPAuthClient
import Testing

/// A real daemon in a directory of its own.
final class Daemon: Sendable {
    let directory: ScratchDirectory
    let process: ChildProcess

    var socket: String { directory.path + "/run/mvp-auth.sock" }
    var adminSocket: String { directory.path + "/run/admin.sock" }
    var database: String { directory.path + "/state/auth.db" }

    /// Starts and waits until it is ready.
    init(
        _ settings: [String: String] = [:], in directory: ScratchDirectory? = nil, arguments: [String] = ["--dev"],
        executable: String? = nil
    ) async throws {
        let directory = try (directory ?? ScratchDirectory()).prepared()
        self.directory = directory
        process = try Self.launch(settings, in: directory, arguments: arguments, executable: executable)
        guard await process.says("mvp-authd ready") else {
            throw DaemonFailure(description: "the daemon did not start: \(process.errors)")
        }
    }

    static func launch(
        _ settings: [String: String], in directory: ScratchDirectory, arguments: [String] = ["--dev"],
        executable: String? = nil
    ) throws -> ChildProcess {
        let environment = [
            "MVP_AUTH_RUNTIME_DIR": directory.path + "/run", "MVP_AUTH_STATE_DIR": directory.path + "/state",
            "AUTH_BCRYPT_COST": "4", "AUTH_ARGON2_MEMORY_KIB": "64",
        ].merging(settings) { $1 }
        return try ChildProcess(
            executable ?? Products.path("mvp-authd"), arguments, environment: environment, in: directory.path)
    }

    /// - Parameter patience: how long a call waits for a daemon that is away.
    func client(isRestricted: Bool = false, patience: Duration? = nil) -> AuthClient {
        var configuration = AuthClient.Configuration()
        configuration.socket = socket
        configuration.connectTimeout = patience
        configuration.isRestricted = isRestricted
        configuration.observer = { ExchangeLog.check($0, $1) }
        return AuthClient(configuration)
    }

    /// Sends one line and gives the one line that answers it.
    func ask(_ line: String) async throws -> String {
        let wire = try WireSocket(unix: socket)
        try await wire.send(line + "\n")
        return try await wire.line()
    }

    /// Asks the process to stop, and says how it ended.
    @discardableResult
    func stop() async -> Int32? {
        process.send(SIGTERM)
        return await process.ended()
    }

    /// The latest token that was mailed to an address.
    func mailedToken(_ kind: EmailEvent.Kind, to email: String) async throws -> Secret {
        let head = "\(kind.rawValue) for \(email)\n"
        for _ in 0..<400 {
            if let range = process.output.range(of: head, options: .backwards) {
                let rest = process.output[range.upperBound...]
                if let start = rest.range(of: "  token: "), let end = rest[start.upperBound...].firstIndex(of: "\n") {
                    return Secret(String(rest[start.upperBound..<end]))
                }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw DaemonFailure(description: "no \(kind.rawValue) was mailed to \(email)")
    }
}

struct DaemonFailure: Error, CustomStringConvertible {
    let description: String
}

/// A real shim in front of a daemon.
final class HTTPService: Sendable {
    let daemon: Daemon
    let process: ChildProcess
    let port: UInt16

    init(_ daemon: Daemon, arguments: [String] = [], settings: [String: String] = [:]) async throws {
        self.daemon = daemon
        process = try ChildProcess(
            Products.path("mvp-auth-http"),
            ["--listen", "127.0.0.1:0", "--socket", "unix://" + daemon.socket] + arguments,
            environment: settings, in: daemon.directory.path)
        guard await process.says("mvp-auth-http ready on http://127.0.0.1:"),
            let start = process.output.range(of: "ready on http://127.0.0.1:"),
            let port = UInt16(process.output[start.upperBound...].prefix { $0.isNumber })
        else { throw DaemonFailure(description: "the shim did not start: \(process.errors)") }
        self.port = port
    }

    var base: String { "http://127.0.0.1:\(port)" }
}
