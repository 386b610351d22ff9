import AuthAPI
import Foundation
import MVPAuth
import StrictJSON
import Synchronization
import Testing

@testable import MVPAuthClient

/// What users of other clients have met, and must not meet here.
@Suite("Traps of a socket client", .serialized)
struct TrapTests {
    private func client(_ path: String, daemonUser: UInt32? = nil, timeout: Duration = .seconds(30)) -> AuthClient {
        var configuration = AuthClient.Configuration()
        configuration.socket = path
        configuration.daemonUser = daemonUser
        configuration.timeout = timeout
        return AuthClient(configuration)
    }

    @Test("Trap 1: at a full backlog every client gets in, and none calls twice", .timeLimit(.minutes(1)))
    func fullBacklog() async throws {
        let server = try await ScriptedServer(backlog: 0) { $0.result(ScriptedServer.pong) }
        let clients = (0..<20).map { _ in client(server.path) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { try await client.ping() } }
            // For so long nobody is let in, and the kernel says EAGAIN to all but the first.
            try await Task.sleep(for: .milliseconds(300))
            #expect(server.connections == 0)
            try await server.accept()
            try await group.waitForAll()
        }
        #expect(server.calls.count { $0.method == "system.ping" } == 20)
        for client in clients { await client.close() }
        await server.close()
    }

    @Test("Trap 2: after ten thousand cancelled calls no answer is another caller's", .timeLimit(.minutes(2)))
    func cancelledAnswers() async throws {
        let server = try await ScriptedServer { call in
            let email = call.json["params"]?["email"]?.string ?? ""
            return .replyLater(
                "{\"jsonrpc\":\"2.0\",\"id\":\(call.id ?? 0),\"result\":{\"message\":\"\(email)\"}}\n",
                milliseconds: Int64.random(in: 0...3))
        }
        let client = client(server.path)
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for caller in 0..<32 {
                group.addTask {
                    var wasAnswered = false
                    for call in 0..<640 {
                        let email = "u\(caller)-\(call)"
                        let task = Task { try await client.call(ForgotPassword(email: email)).message }
                        if Bool.random() {
                            try await Task.sleep(for: .microseconds(Int.random(in: 0...4000)))
                            task.cancel()
                        }
                        do {
                            #expect(try await task.value == email)
                            wasAnswered = true
                        } catch let error as AuthClientError {
                            #expect(error.known == .cancelled)
                        }
                    }
                    return wasAnswered
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes == Array(repeating: true, count: 32))
        #expect(server.connections == 1, "a cancelled call costs no connection")
        await client.close()
        await server.close()
    }

    @Test("Trap 5: an answer may be a mebibyte long", .timeLimit(.minutes(1)))
    func longAnswer() async throws {
        let text = String(repeating: "é", count: 1 << 19)
        let server = try await ScriptedServer { $0.result("{\"message\":\"\(text)\"}") }
        let client = client(server.path)
        #expect(try await client.call(ForgotPassword(email: "ada@example.org")).message == text)
        #expect(try await client.call(ForgotPassword(email: "ada@example.org")).message == text)
        #expect(server.connections == 1)
        await client.close()
        await server.close()
    }

    @Test(
        "Trap 12: a daemon that dies ends the calls in flight and nothing else; with none in flight nobody notices",
        .timeLimit(.minutes(1)))
    func death() async throws {
        let server = try await ScriptedServer {
            $0.method == "system.ping" ? $0.result(ScriptedServer.pong) : .silence
        }
        let client = client(server.path)
        let calls = (0..<8).map { index in
            Task { () async -> AuthClientError? in
                do throws(AuthClientError) {
                    _ = try await client.call(ForgotPassword(email: "u\(index)@example.org"))
                    return nil
                } catch {
                    return error
                }
            }
        }
        while server.calls.count(where: { $0.method == ForgotPassword.spec.name }) < 8 {
            try await Task.sleep(for: .milliseconds(1))
        }
        await server.hangUp()
        for call in calls {
            let error = await call.value
            #expect(error?.code == "CONNECTION_LOST" && error?.executed == true, "\(error as Any)")
        }
        try await client.ping()
        await server.hangUp()
        try await client.ping()
        // What was in flight was not said a second time.
        #expect(server.calls.count { $0.method == ForgotPassword.spec.name } == 8)
        await client.close()
        await server.close()
    }

    @Test(
        "Trap 14: a thousand clients, opened and closed, leave no descriptor, no task and not themselves",
        .timeLimit(.minutes(2)))
    func descriptors() async throws {
        let server = try await ScriptedServer { $0.result(ScriptedServer.pong) }
        func opened() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        let warm = client(server.path)
        try await warm.ping()
        await warm.close()
        let before = try opened()
        var clients: [Forgotten] = []
        for index in 0..<1000 {
            let client = client(server.path)
            clients.append(Forgotten(client: client))
            try await client.ping()
            if index % 3 == 0 {
                // Closed while a call is on its way.
                async let call: Void = client.ping()
                await client.close()
                _ = try? await call
            } else {
                await client.close()
            }
        }
        // The server's ends close when it has read the end.
        for _ in 0..<1000 where try opened() > before + 20 { try await Task.sleep(for: .milliseconds(5)) }
        let after = try opened()
        #expect(after <= before + 20, "\(before) were open before, \(after) are now")
        // A task, a timer or a connection that went on would hold its client.
        for _ in 0..<1000 where clients.contains(where: { $0.client != nil }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(clients.count { $0.client != nil } == 0)
        await server.close()
    }

    /// A client that nobody here holds.
    private struct Forgotten {
        weak var client: AuthClient?
    }

    @Test(
        "Trap 19: a socket that somebody else serves is refused before anything is said to him", .timeLimit(.minutes(1))
    )
    func impostor() async throws {
        // Root's is accepted always, for systemd's sake; so root lets somebody else serve.
        let isRoot = geteuid() == 0
        let directory = FileManager.default.temporaryDirectory.appending(path: "mvp-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
        chmod(directory.path, 0o777)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.path + "/s.sock"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.listener, path]
        let (heard, end) = (Pipe(), Pipe())
        process.standardOutput = heard
        process.standardInput = end
        try process.run()
        #expect(try heard.fileHandleForReading.read(upToCount: 6) == Data("ready\n".utf8))
        let expected: UInt32 = isRoot ? 7_654_321 : geteuid() + 1
        let client = client(path, daemonUser: expected)
        do throws(AuthClientError) {
            _ = try await client.login(email: "ada@example.org", password: Secret("canary"))
            Issue.record("an impostor is believed")
        } catch {
            #expect(error.code == "UNAVAILABLE" && !error.executed && !error.isRetryable)
            #expect(error.message.contains("is served by uid \(isRoot ? 1_234_567 : geteuid())"), "\(error)")
        }
        await client.close()
        try end.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(try heard.fileHandleForReading.readToEnd() ?? Data() == Data("heard 0 bytes\n".utf8))
    }

    @Test("Trap 19: a directory in which everybody may create files is warned of, once; the daemon's own is not")
    func openDirectory() async throws {
        let directory = "/tmp/mvp-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let server = try await ScriptedServer(path: directory + "/s.sock") { $0.result(ScriptedServer.pong) }
        let warnings = Mutex<[String]>([])
        func ping() async throws {
            var configuration = AuthClient.Configuration()
            configuration.socket = server.path
            configuration.onWarning = { text in warnings.withLock { $0.append(text) } }
            let client = AuthClient(configuration)
            try await client.ping()
            await client.close()
        }
        chmod(directory, 0o700)
        try await ping()
        #expect(warnings.withLock { $0 } == [])
        chmod(directory, 0o777)
        try await ping()
        try await ping()
        #expect(warnings.withLock(\.count) == 1)
        #expect(warnings.withLock { $0.first?.contains(directory) } == true)
        await server.close()
    }

    /// Serves as uid 1234567 where it can, and says how much it was told.
    private static let listener = """
        import os, socket, sys
        if os.geteuid() == 0:
            os.setuid(1234567)
        server = socket.socket(socket.AF_UNIX)
        server.bind(sys.argv[1])
        os.chmod(sys.argv[1], 0o666)
        server.listen(5)
        print("ready", flush=True)
        connection, _ = server.accept()
        count = 0
        while True:
            data = connection.recv(65536)
            if not data:
                break
            count += len(data)
        sys.stdin.read()
        print("heard", count, "bytes", flush=True)
        """

    @Test("Trap 17: no description of a pair, an error, a client or a source shows a secret")
    func secrets() async throws {
        let pair = #"{"access_token":"canary-a","refresh_token":"canary-r","token_type":"bearer","expires_in":900}"#
        let server = try await ScriptedServer { call in
            call.method == "auth.login"
                ? call.result(pair) : call.error(40103, "TOKEN_INVALID", executed: false)
        }
        let client = client(server.path)
        let received = try await client.login(email: "a", password: Secret("canary-p"))
        let source = TokenSource(client, received, .init(age: nil))
        var shown = ""
        func show(_ value: Any) {
            shown += "\(value) \(String(reflecting: value)) "
            dump(value, to: &shown)
        }
        do {
            _ = try await source.accessToken()
            Issue.record("the token is invalid, and yet")
        } catch {
            show(error)
            shown += error.localizedDescription
        }
        for value: Any in [received, source, client, Principal.accessToken(Secret("canary-b"))] { show(value) }
        #expect(!shown.contains("canary") && shown.contains("<secret>"))
        await client.close()
        await server.close()
    }

    @Test(
        "Trap 18: the socket is sought where every client seeks it, and never by the application's own RUNTIME_DIRECTORY"
    )
    func endpoints() throws {
        for row in try ScriptedProcess.rows("endpoints.jsonl") {
            let name = row["name"]?.string ?? ""
            let root = FileManager.default.temporaryDirectory.appending(path: "mvp-\(UUID().uuidString.prefix(8))").path
            defer { try? FileManager.default.removeItem(atPath: root) }
            let searched =
                row["argument"]?.string.map { [SocketPath.path(of: $0)] }
                ?? SocketPath.candidates { row["environment"]?[$0]?.string }
            #expect(searched == row["searched"]?.elements.compactMap(\.string), "\(name)")
            var listeners: [Int32] = []
            defer { for listener in listeners { close(listener) } }
            for path in row["exists"]?.elements.compactMap(\.string) ?? [] {
                listeners.append(try Self.listen(at: root + path))
            }
            #expect(SocketPath.first(of: searched.map { root + $0 }) == root + (row["path"]?.string ?? ""), "\(name)")
        }
    }

    /// Puts a socket somewhere.
    private static func listen(at path: String) throws -> Int32 {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            // SAFETY: socket addresses of every family are passed as sockaddr (bind(2)).
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return descriptor
    }
}
