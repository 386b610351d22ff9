import AuthTesting
import Foundation
import MVPAuth
import MVPAuthClient
import Synchronization
import Testing

/// Peers that leave within a line, a batch or a call, and a daemon that is stopped meanwhile.
@Suite("Ends at any moment", .serialized)
struct AbruptEndTests {
    private let password = Secret("correct horse battery")

    /// How much the peers have done, and whether it is enough.
    private final class Progress: Sendable {
        let steps = Atomic(0)
        let isOver = Atomic(false)

        /// Waits for so many steps, however slow the machine is.
        func reaches(_ count: Int) async {
            for _ in 0..<4000 where steps.load(ordering: .relaxed) < count {
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test(
        "whatever peers do, and whenever they leave, every stop is clean, and nothing of them stays",
        .timeLimit(.minutes(3)), arguments: [1, 2, 3] as [UInt64])
    func leaving(seed: UInt64) async throws {
        let service = try ManagedService(
            "mvp-authd", sockets: ["rpc=./rpc.sock", "admin=./admin.sock"],
            settings: [
                "AUTH_LIMIT_CALLS_IN_FLIGHT": "4", "AUTH_LIMIT_CALLS_IN_FLIGHT_PER_UID": "16",
                "AUTH_LIMIT_HASHING_IN_FLIGHT": "4", "AUTH_LIMIT_LINE_SECONDS": "1",
                "AUTH_LIMIT_BACKLOG_BYTES": "16384", "AUTH_LIMIT_BACKLOG_SECONDS": "1",
            ])
        try #require(try await service.isReady())
        let token = try await signedIn(service)
        let progress = Progress()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                group.addTask {
                    var random = SplitMix64(seed: seed << 8 | UInt64(number))
                    while !progress.isOver.load(ordering: .relaxed) {
                        await visit(service.path("rpc.sock"), token, &random, progress)
                    }
                }
            }
            for round in 2...6 {
                await progress.reaches(150 * (round - 1))
                service.process.send(SIGHUP)
                _ = try? await service.isReady(round)
            }
            progress.isOver.store(true, ordering: .relaxed)
        }
        #expect(service.starts == 6, "\(service.process.output) \(service.process.errors)")
        #expect(progress.steps.load(ordering: .relaxed) > 500, "too little was done to prove anything")
        #expect(await isAlone(service), "\(service.process.errors)")
        #expect(await service.stop() == 0, "\(service.process.errors)")
    }

    /// Waits until the operator who asks is the only peer.
    private func isAlone(_ service: ManagedService) async -> Bool {
        for _ in 0..<1000 where service.process.isRunning {
            let wire = try? WireSocket(unix: service.path("admin.sock"))
            try? await wire?.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.stats\"}\n")
            if (try? await wire?.line())?.contains("\"connections\":1,") == true { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    private func signedIn(_ service: ManagedService) async throws -> String {
        var configuration = AuthClient.Configuration()
        configuration.socket = service.path("rpc.sock")
        let client = AuthClient(configuration)
        _ = try await client.register(email: "ada@example.org", password: password)
        let pair = try await client.login(email: "ada@example.org", password: password)
        await client.close()
        return pair.accessToken.reveal()
    }

    /// Connects, does a few of the things that peers do, and leaves without a word.
    private func visit(
        _ path: String, _ token: String, _ random: inout SplitMix64, _ progress: Progress
    ) async {
        guard let wire = try? WireSocket(unix: path) else {
            // The manager has gone; the test says so.
            _ = try? await Task.sleep(for: .milliseconds(20))
            return
        }
        let verify = call("token.verify", ["access_token": token])
        let login = call("auth.login", ["email": "ada@example.org", "password": "wrong horse battery"])
        for _ in 0...random.next(6) {
            progress.steps.wrappingAdd(1, ordering: .relaxed)
            switch random.next(9) {
            case 0: _ = wire.offer(String(repeating: verify + "\n", count: 1 + random.next(100)))
            case 1:
                let calls = Array(repeating: verify, count: 1 + random.next(60))
                _ = wire.offer("[" + calls.joined(separator: ",") + "]\n")
            case 2: _ = wire.offer(String(verify.prefix(1 + random.next(40))))
            case 3: wire.finish()
            case 4: _ = try? await Task.sleep(for: .milliseconds(random.next(20)))
            case 5: wire.discard()
            case 6: _ = wire.offer(String(repeating: login + "\n", count: 1 + random.next(6)))
            case 7: _ = wire.offer(String(repeating: "x", count: 70_000) + "\n")
            default: _ = wire.offer(call("system.hello", ["client": "visitor"]) + "\n")
            }
        }
    }

    private func call(_ method: String, _ params: KeyValuePairs<String, String>) -> String {
        let members = params.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",")
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":{\(members)}}"
    }
}
