import Foundation
import MVPAuth
import MVPAuthClient
import Synchronization
import Testing

/// How the processes get on with a service manager that owns their sockets.
@Suite("Under a service manager", .serialized)
struct ManagedServiceTests {
    private let password = Secret("correct horse battery")

    private func client(_ path: String) -> AuthClient {
        var configuration = AuthClient.Configuration()
        configuration.socket = path
        return AuthClient(configuration)
    }

    private func ask(_ path: String, _ line: String) async throws -> String {
        let wire = try WireSocket(unix: path)
        try await wire.send(line + "\n")
        return try await wire.line()
    }

    @Test("the daemon serves the sockets that it is given, each for what its name says")
    func inherited() async throws {
        let service = try ManagedService(
            "mvp-authd", sockets: ["rpc=./rpc.sock", "admin=./admin.sock", "app-shop=./shop.sock"])
        try #require(try await service.isReady())
        #expect(!FileManager.default.fileExists(atPath: service.path("none")))
        let hello = #"{"jsonrpc":"2.0","id":1,"method":"system.hello"}"#
        #expect(try await ask(service.path("rpc.sock"), hello).contains("\"app\":\"local\""))
        #expect(try await ask(service.path("shop.sock"), hello).contains("\"app\":\"shop\""))
        #expect(
            try await ask(service.path("admin.sock"), #"{"jsonrpc":"2.0","id":1,"method":"system.stats"}"#)
                .contains("\"result\""))
        #expect(await service.stop() == 0)
        let notices = service.notices
        #expect(notices.first?.contains("STATUS=Serving unix://\(service.path("rpc.sock"))") == true, "\(notices)")
        #expect(notices.last?.hasPrefix("STOPPING=1") == true)
        #expect(FileManager.default.fileExists(atPath: service.path("rpc.sock")), "the socket is the manager's")
    }

    @Test(
        "sockets that make no sense are one sentence",
        arguments: [
            (["nonsense=./a.sock"], "named \"nonsense\""), (["rpc=./a.sock", "rpc=./b.sock"], "Two inherited sockets"),
            (["rpc=127.0.0.1:0"], "is not a Unix socket"), (["app-=./a.sock"], "it can be rpc, admin or app-NAME"),
        ])
    func nonsense(sockets: [String], sentence: String) async throws {
        let service = try ManagedService("mvp-authd", sockets: sockets)
        #expect(await service.process.ended() == 1)
        #expect(service.process.errors.contains(sentence), "\(service.process.errors)")
    }

    @Test("a reload is told with its beginning and its end, also when it is refused")
    func reload() async throws {
        let directory = try ScratchDirectory()
        let file = directory.path + "/settings"
        try "AUTH_LIMIT_BATCH_CALLS=7\n".write(toFile: file, atomically: true, encoding: .utf8)
        let service = try ManagedService(
            "mvp-authd", sockets: ["rpc=./rpc.sock"], arguments: ["--config", file], in: directory)
        try #require(try await service.isReady())
        let hello = #"{"jsonrpc":"2.0","id":1,"method":"system.hello"}"#
        #expect(try await ask(service.path("rpc.sock"), hello).contains("\"batch_calls\":7"))
        try "AUTH_LIMIT_BATCH_CALLS=9\n".write(toFile: file, atomically: true, encoding: .utf8)
        service.process.send(SIGUSR1)
        try #require(try await service.isReady(2))
        #expect(service.notices.contains { $0.hasPrefix("RELOADING=1 MONOTONIC_USEC=") })
        #expect(try await ask(service.path("rpc.sock"), hello).contains("\"batch_calls\":9"))
        try "AUTH_LIMIT_BATCH_CALLS=none\n".write(toFile: file, atomically: true, encoding: .utf8)
        service.process.send(SIGUSR1)
        try #require(try await service.isReady(3))
        #expect(try await ask(service.path("rpc.sock"), hello).contains("\"batch_calls\":9"))
        #expect(service.process.errors.contains("AUTH_LIMIT_BATCH_CALLS is"))
        #expect(await service.stop() == 0)
    }

    @Test("a daemon that serves says so as often as its manager wants, after a call over its socket")
    func watchdog() async throws {
        let service = try ManagedService(
            "mvp-authd", sockets: ["rpc=./rpc.sock", "admin=./admin.sock"], settings: ["WATCHDOG_USEC": "200000"])
        try #require(try await service.isReady())
        func signs() -> Int { service.notices.count { $0.hasPrefix("WATCHDOG=1 STATUS=Serving ") } }
        for _ in 0..<2000 where signs() < 3 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(signs() >= 3)
        #expect(await service.stop() == 0)
    }

    @Test("the shim serves the socket that it is given")
    func shim() async throws {
        let daemon = try await Daemon()
        let service = try ManagedService(
            "mvp-auth-http", sockets: ["http=127.0.0.1:0"],
            settings: ["MVP_AUTH_SOCKET": "unix://" + daemon.socket, "MVP_AUTH_HTTP_LISTEN": "127.0.0.1:1"])
        try #require(try await service.isReady())
        let line = try #require(service.process.output.split(separator: "\n").first { $0.hasPrefix("listening http ") })
        let port = try #require(UInt16(line.split(separator: " ")[2]))
        let wire = try WireSocket(port: port)
        try await wire.send("GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let answer = try await HTTPService.answer(from: wire)
        #expect(answer.status == 200)
        #expect(answer["Date"]?.hasSuffix(" GMT") == true)
        #expect(await service.stop() == 0)
        #expect(service.notices.last?.hasPrefix("STOPPING=1") == true)
    }

    /// What the callers were told.
    private struct Outcome: Sendable {
        var answered = 0
        var refused: [String] = []
    }

    private final class Trial: Sendable {
        let path: String
        let outcome = Mutex(Outcome())
        let isOver = Atomic(false)

        init(path: String) {
            self.path = path
        }

        /// Waits for so many answers, however slow the machine is, or for the first that is none.
        func hasAnswered(_ count: Int) async {
            for _ in 0..<2000 where outcome.withLock({ $0.answered < count && $0.refused.isEmpty }) {
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test("restarts under load refuse no connection and lose no answer", .timeLimit(.minutes(2)))
    func restarts() async throws {
        let service = try ManagedService("mvp-authd", sockets: ["rpc=./rpc.sock"])
        try #require(try await service.isReady())
        let trial = Trial(path: service.path("rpc.sock"))
        let setup = client(trial.path)
        _ = try await setup.register(email: "ada@example.org", password: password)
        await setup.close()
        await withTaskGroup(of: Void.self) { group in
            // Callers with a connection that comes back, calls that may be repeated or carry a key.
            for _ in 0..<4 {
                group.addTask { await refresh(trial) }
            }
            // Callers that connect for each call.
            for _ in 0..<2 {
                group.addTask { await connect(trial) }
            }
            for round in 2...9 {
                try? await Task.sleep(for: .milliseconds(150))
                await trial.hasAnswered(70 * (round - 1))
                service.process.send(SIGHUP)
                _ = try? await service.isReady(round)
            }
            trial.isOver.store(true, ordering: .releasing)
        }
        let told = trial.outcome.withLock { $0 }
        #expect(service.starts == 9)
        #expect(told.answered > 500, "too little was asked to prove anything")
        #expect(told.refused == [])
        #expect(await service.stop() == 0, "\(service.process.output) \(service.process.errors)")
    }

    private func refresh(_ trial: Trial) async {
        let client = client(trial.path)
        do throws(AuthClientError) {
            var pair = try await client.login(email: "ada@example.org", password: password)
            while !trial.isOver.load(ordering: .acquiring) {
                _ = try await client.verify(accessToken: pair.accessToken)
                pair = try await client.refresh(pair.refreshToken)
                trial.outcome.withLock { $0.answered += 2 }
            }
        } catch {
            trial.outcome.withLock { $0.refused.append("\(error)") }
        }
        await client.close()
    }

    private func connect(_ trial: Trial) async {
        while !trial.isOver.load(ordering: .acquiring) {
            let client = client(trial.path)
            do throws(AuthClientError) {
                try await client.ping()
                trial.outcome.withLock { $0.answered += 1 }
            } catch {
                trial.outcome.withLock { $0.refused.append("\(error)") }
            }
            await client.close()
        }
    }
}
