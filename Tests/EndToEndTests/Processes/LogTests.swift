import Foundation
import StrictJSON
import Testing

/// A reader that does not read, and one that comes back: nothing waits for it, and it is told what it missed.
@Suite("Logs that nobody reads", .serialized)
struct LogTests {
    /// A daemon or a shim whose standard output and error are pipes.
    private final class Piped {
        let process = Process()
        let output = Pipe()
        let errors = Pipe()

        init(
            _ program: String, _ arguments: [String], _ environment: [String: String],
            in directory: String
        ) throws {
            process.executableURL = URL(fileURLWithPath: Products.path(program))
            process.arguments = arguments
            process.environment = environment.merging(["PATH": "/usr/bin:/bin", "HOME": directory]) {
                own, _ in own
            }
            process.standardOutput = output
            process.standardError = errors
            process.standardInput = FileHandle(forReadingAtPath: "/dev/null")
            try process.run()
        }

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        /// Puts bytes into a pipe until it takes no more.
        func fill(_ pipe: Pipe) {
            let descriptor = pipe.fileHandleForWriting.fileDescriptor
            let flags = fcntl(descriptor, F_GETFL)
            _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
            let bytes = [UInt8](repeating: 0x20, count: 4096)
            while write(descriptor, bytes, bytes.count) > 0 {}
            while write(descriptor, bytes, 1) > 0 {}
            // The open file is shared with the process: it must block there.
            _ = fcntl(descriptor, F_SETFL, flags)
        }

        func ended(within seconds: Double) async -> Int32? {
            let deadline = ContinuousClock.now + .seconds(seconds)
            while process.isRunning {
                guard ContinuousClock.now < deadline else { return nil }
                try? await Task.sleep(for: .milliseconds(5))
            }
            return process.terminationStatus
        }
    }

    private func daemon(in directory: ScratchDirectory) async throws -> Piped {
        try directory.prepared()
        let daemon = try Piped(
            "mvp-authd", ["--dev"],
            [
                "MVP_AUTH_RUNTIME_DIR": directory.path + "/run",
                "MVP_AUTH_STATE_DIR": directory.path + "/state",
                "AUTH_BCRYPT_COST": "4", "AUTH_ARGON2_MEMORY_KIB": "64",
                "AUTH_LIMIT_CONNECTIONS_PER_UID": "100000",
            ], in: directory.path)
        for _ in 0..<4000
        where !FileManager.default.fileExists(atPath: directory.path + "/run/admin.sock") {
            try await Task.sleep(for: .milliseconds(5))
        }
        return daemon
    }

    private func ask(_ line: String, at path: String) async throws -> String {
        let wire = try WireSocket(unix: path)
        try await wire.send(line + "\n")
        return try await wire.line()
    }

    private let ping = #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#

    /// Makes the daemon log: a connection that speaks HTTP is noted.
    private func makeNoise(_ count: Int, at path: String) async throws {
        for _ in 0..<count {
            let wire = try WireSocket(unix: path)
            try await wire.send("GET /" + String(repeating: "x", count: 300) + " HTTP/1.1\r\n\r\n")
            _ = await wire.rest()
        }
    }

    @Test(
        "full pipes keep neither calls nor a stop from their course, and what is lost is counted and told"
    )
    func full() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        let (socket, admin) = (
            directory.path + "/run/mvp-auth.sock", directory.path + "/run/admin.sock"
        )
        daemon.fill(daemon.errors)
        daemon.fill(daemon.output)
        try await makeNoise(2000, at: socket)
        // In development each of these prints a message.
        for index in 0..<50 {
            let register =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"user.register\","
                + "\"params\":[\"u\(index)@example.org\",\"correct horse battery\"]}"
            #expect(try await ask(register, at: socket).contains("\"result\""))
        }
        #expect(try await ask(ping, at: socket).contains("pong"))
        let stats = try await ask(#"{"jsonrpc":"2.0","id":1,"method":"system.stats"}"#, at: admin)
        var scanner = JSONScanner()
        let tree = try JSON(try scanner.scan(Array(stats.utf8)))
        let lost = try #require(tree["result"]?["log_lines_dropped"]?.int)
        #expect(lost > 0)
        // It flows again.
        let reader = daemon.errors.fileHandleForReading.fileDescriptor
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while String(decoding: text, as: UTF8.self).range(of: "log lines were dropped") == nil {
            let count = read(reader, &buffer, buffer.count)
            try #require(count > 0)
            text += buffer.prefix(count)
            if text.count > 8192 { text.removeFirst(text.count - 8192) }
        }
        #expect(String(decoding: text, as: UTF8.self).contains("\(lost) log lines were dropped"))
        daemon.fill(daemon.errors)
        try await makeNoise(10, at: socket)
        daemon.process.terminate()
        #expect(await daemon.ended(within: 15) == 0)
    }

    @Test("the last lines before the exit are there for who reads")
    func last() async throws {
        let directory = try ScratchDirectory()
        let daemon = try Daemon.launch(
            ["AUTH_BCRYPT_COST": "none"], in: try directory.prepared(), arguments: [])
        #expect(await daemon.ended() == 78)
        #expect(daemon.errors.contains("AUTH_BCRYPT_COST"))
    }

    @Test("what a peer says is no line of its own in the log, and gives a terminal no orders")
    func forged() async throws {
        let daemon = try await Daemon(arguments: [])
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send("GET /\u{1B}]0;x\u{7}\u{202E}\u{85}\\ HTTP/1.1\rerror forged\n")
        _ = await wire.rest()
        await daemon.stop()
        let lines = daemon.process.errors.split(separator: "\n").filter { $0.contains("forged") }
        #expect(lines.count == 1 && lines[0].contains("was spoken on the socket"), "\(daemon.process.errors)")
        let isPlain = daemon.process.errors.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A }
        #expect(isPlain, "\(daemon.process.errors)")
    }

    @Test("the shim stops too")
    func shim() async throws {
        let directory = try ScratchDirectory()
        let shim = try Piped(
            "mvp-auth-http",
            ["--listen", "127.0.0.1:0", "--socket", "unix://" + directory.path + "/none.sock"], [:],
            in: directory.path)
        let ready = shim.output.fileHandleForReading.availableData
        #expect(String(decoding: ready, as: UTF8.self).contains("ready"))
        shim.fill(shim.errors)
        shim.fill(shim.output)
        shim.process.terminate()
        #expect(await shim.ended(within: 15) == 0)
    }
}
