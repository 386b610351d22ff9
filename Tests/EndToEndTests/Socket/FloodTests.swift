import Foundation
import StrictJSON
import Testing

/// Peers that mean no good: they are held back or closed, and cost neither memory nor anybody else's answers. How fast
/// the others are answered meanwhile is measured by `make bench-floods`.
@Suite("Floods", .serialized)
struct FloodTests {
    init() {
        // The crowds are larger than what a process may usually open.
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 8192))
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// MiB above idle that a flood may cost.
    private static let growth = 64.0

    private func call(_ method: String, _ params: String = "[]") -> String {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(params)}\n"
    }

    /// MiB.
    private func resident(_ daemon: Daemon, _ field: String) throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(daemon.process.pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(field + ":") })
        return try #require(Double(line.split(separator: " ")[line.split(separator: " ").count - 2])) / 1024
    }

    /// Runs a flood against a daemon; another peer is answered meanwhile, and memory stays where it was.
    private func withstand(
        _ settings: [String: String] = [:], _ flood: (Daemon) async throws -> Void
    ) async throws -> JSON {
        let daemon = try await Daemon(settings)
        let other = try WireSocket(unix: daemon.adminSocket)
        for _ in 0..<100 {
            try await other.send(call("system.ping"))
            _ = try await other.line()
        }
        let idle = try resident(daemon, "VmRSS")
        try await flood(daemon)
        for _ in 0..<10 {
            try await other.send(call("system.ping"))
            #expect(try await other.line().contains("pong"))
        }
        #expect(try resident(daemon, "VmHWM") - idle < Self.growth)
        try await other.send(call("system.stats"))
        var scanner = JSONScanner()
        let stats = try JSON(try scanner.scan(Array(try await other.line().utf8)))
        #expect(daemon.process.isRunning)
        return try #require(stats["result"])
    }

    /// Sends until the daemon takes no more.
    private func stuff(_ wire: WireSocket, _ text: String, times: Int) {
        for _ in 0..<times where !wire.offer(text) { return }
    }

    /// Waits until a limit has been met.
    private func counted(_ limit: String, _ daemon: Daemon) async throws {
        let operatorsWire = try WireSocket(unix: daemon.adminSocket)
        for _ in 0..<300 {
            try await operatorsWire.send(call("system.stats"))
            if try await operatorsWire.line().contains("\"\(limit)\"") { return }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    @Test("a peer that never reads is not answered any more, however large the answers")
    func mute() async throws {
        let discover = String(repeating: call("rpc.discover"), count: 1000)
        let stats = try await withstand { daemon in
            let mute = try WireSocket(unix: daemon.socket)
            stuff(mute, discover, times: 200)
            try await Task.sleep(for: .seconds(1))
        }
        #expect(stats["limits"]?["backlog_bytes"]?.int ?? 0 > 0)
    }

    @Test("nor are three hundred of them, who share what their user may owe")
    func muteCrowd() async throws {
        let discover = String(repeating: call("rpc.discover"), count: 1000)
        let stats = try await withstand { daemon in
            let crowd = try (0..<300).map { _ in try WireSocket(unix: daemon.socket) }
            for mute in crowd { stuff(mute, discover, times: 5) }
            try await counted("backlog_bytes_per_uid", daemon)
        }
        #expect(stats["limits"]?["backlog_bytes_per_uid"]?.int ?? 0 > 0)
    }

    @Test("a line that never ends is not stored, and ends the connection after 16 MiB")
    func endless() async throws {
        let piece = String(repeating: "x", count: 1 << 20)
        let stats = try await withstand { daemon in
            let wire = try WireSocket(unix: daemon.socket)
            await #expect(throws: POSIXError.self) {
                for _ in 0..<1024 { try await wire.send(piece) }
            }
        }
        #expect(stats["limits"]?["line_bytes"] == 1)
    }

    @Test("a thousand lines that are begun and not ended cost little")
    func trickle() async throws {
        _ = try await withstand { daemon in
            let crowd = try (0..<1000).map { _ in try WireSocket(unix: daemon.socket) }
            for byte in ["{", "\"", "j"] {
                for wire in crowd { try #require(wire.offer(byte)) }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    @Test("more connections than a user may have are closed")
    func crowd() async throws {
        let stats = try await withstand { daemon in
            var crowd: [WireSocket] = []
            for _ in 0..<1500 { if let wire = try? WireSocket(unix: daemon.socket) { crowd.append(wire) } }
            try await Task.sleep(for: .milliseconds(300))
        }
        #expect(stats["limits"]?["connections_per_uid"]?.int ?? 0 >= 400)
    }

    @Test("verifies and batches as fast as they can be sent leave room for others")
    func pipelined() async throws {
        let batch =
            "[" + Array(repeating: call("token.verify", "[\"x\"]").dropLast(), count: 100).joined(separator: ",")
            + "]\n"
        _ = try await withstand { daemon in
            let wires = try (0..<8).map { _ in try WireSocket(unix: daemon.socket) }
            let other = try WireSocket(unix: daemon.socket)
            for _ in 0..<6 {
                for wire in wires { stuff(wire, batch, times: 10) }
                try await other.send(call("system.ping"))
                #expect(try await other.line().contains("pong"))
                for wire in wires { wire.discard() }
            }
        }
    }

    @Test("connections that take turns lose no call, answer none twice, and keep the order of a batch")
    func turns() async throws {
        let daemon = try await Daemon()
        let methods = ["system.ping", "token.verify", "system.health", "rpc.discover"]
        func call(_ id: String, _ method: String) -> String {
            let params = method == "token.verify" ? "[\"x\"]" : "[]"
            return "{\"jsonrpc\":\"2.0\",\"id\":\"\(id)\",\"method\":\"\(method)\",\"params\":\(params)}"
        }
        /// Lines of single calls, and of batches of forty.
        func lines(_ name: String) -> [String] {
            (0..<100).map { line in
                guard line % 3 == 0 else { return call("\(name)-\(line)", methods[line % 3]) }
                let items = (0..<40).map { call("\(name)-\(line)-\($0)", methods[$0 == 20 ? 3 : $0 % 3]) }
                return "[" + items.joined(separator: ",") + "]"
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["a", "b", "c", "d", "e", "f"] {
                group.addTask {
                    let wire = try WireSocket(unix: daemon.socket)
                    async let sent: Void = wire.send(lines(name).joined(separator: "\n") + "\n")
                    var answered: Set<Int> = []
                    for _ in 0..<100 {
                        let reply = try await wire.line()
                        let ids = reply.components(separatedBy: "\"id\":\"").dropFirst().compactMap {
                            $0.hasPrefix(name + "-") ? String($0.prefix { $0 != "\"" }) : nil
                        }
                        let first = try #require(ids.first).split(separator: "-")
                        let line = try #require(Int(first[1]))
                        #expect(answered.insert(line).inserted, "\(name)-\(line) was answered twice")
                        if line % 3 == 0 {
                            #expect(ids == (0..<40).map { "\(name)-\(line)-\($0)" })
                        } else {
                            #expect(ids == ["\(name)-\(line)"])
                        }
                    }
                    #expect(answered.count == 100)
                    try await sent
                }
            }
            try await group.waitForAll()
        }
        let wire = try WireSocket(unix: daemon.adminSocket)
        try await wire.send(self.call("system.stats"))
        #expect(try await !wire.line().contains("calls_in_flight_per_uid"))
    }

    @Test("ten thousand logins at once wait in the kernel or are refused, and the queue stays short")
    func logins() async throws {
        let login = String(repeating: call("auth.login", "[\"nobody@example.org\",\"wrong password\"]"), count: 64)
        let stats = try await withstand(["AUTH_BCRYPT_COST": "12", "AUTH_LIMIT_CALLS_IN_FLIGHT_PER_UID": "128"]) {
            daemon in
            let wires = try (0..<160).map { _ in try WireSocket(unix: daemon.socket) }
            for wire in wires { stuff(wire, login, times: 1) }
            try await counted("calls_in_flight_per_uid", daemon)
            try await Task.sleep(for: .milliseconds(500))
        }
        #expect(stats["errors"]?["OVERLOADED"]?.int ?? 0 > 1000)
        #expect(stats["limits"]?["calls_in_flight_per_uid"]?.int ?? 0 > 0)
    }
}
