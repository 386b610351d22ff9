import Contract
import Foundation
import MVPAuth
import StrictJSON
import Testing

/// Prometheus's own judgement, where it is installed.
private enum Promtool {
    static let path = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// What it says, and its status.
    static func run(_ arguments: [String], input: String? = nil) async throws -> (status: Int32?, text: String) {
        let directory = try ScratchDirectory()
        let process = try ChildProcess(try #require(path), arguments, in: directory.path, input: input)
        let status = await process.ended()
        return (status, process.output + process.errors)
    }
}

/// What Prometheus is told by real processes.
@Suite("Metrics")
struct MetricsTests {
    private typealias Samples = [String: Double]

    /// Samples by name and labels, as they are written.
    private func samples(_ text: String) -> Samples {
        var samples: Samples = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            samples[String(line[..<space])] = Double(line[line.index(after: space)...].replacing("+Inf", with: "inf"))
        }
        return samples
    }

    private func text(_ daemon: Daemon) async throws -> String {
        let wire = try WireSocket(unix: daemon.adminSocket)
        try await wire.send(#"{"jsonrpc":"2.0","id":1,"method":"system.metrics"}"# + "\n")
        return try #require(try JSON.read(Array(try await wire.line().utf8)).at("result", "text")?.string)
    }

    private func calls(_ samples: Samples) -> Samples {
        samples.filter { $0.key.hasPrefix("mvp_auth_calls_total{") && $0.value > 0 }
    }

    private func series(_ method: String, _ outcome: String) -> String {
        "mvp_auth_calls_total{method=\"\(method)\",outcome=\"\(outcome)\"}"
    }

    @Test("Counters rise by exactly what was called, and nobody makes a series by what he calls")
    func counting() async throws {
        let daemon = try await Daemon()
        let before = calls(samples(try await text(daemon)))
        let wire = try WireSocket(unix: daemon.socket)
        func send(_ line: String) async throws {
            try await wire.send(line + "\n")
            _ = try await wire.line()
        }
        func call(_ method: String, _ params: String = "[]") async throws {
            try await send(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#)
        }
        for _ in 0..<200 { try await call("system.ping") }
        try await call("user.register", #"["ada@example.org","correct horse battery"]"#)
        for _ in 0..<3 { try await call("auth.login", #"["ada@example.org","wrong horse battery"]"#) }
        for _ in 0..<2 { try await call("auth.login", #"["ada@example.org","correct horse battery"]"#) }
        for _ in 0..<5 { try await call("token.verify", #"["no token"]"#) }
        try await call("system.ping", #"["surplus"]"#)
        for number in 0..<60 { try await call("guess.method_\(number)") }
        try await send("no JSON")
        try await send(#"[{"jsonrpc":"2.0","id":1,"method":"system.ping"},{"jsonrpc":"2.0","id":2,"method":"x.y"}]"#)
        let after = try await text(daemon)
        var rises = calls(samples(after))
        for (key, value) in before { rises[key] = (rises[key] ?? 0) - value }
        #expect(
            rises.filter { $0.value != 0 } == [
                series("system.metrics", "OK"): 1, series("system.ping", "OK"): 201,
                series("system.ping", "INVALID_PARAMS"): 1, series("user.register", "OK"): 1,
                series("auth.login", "INVALID_CREDENTIALS"): 3, series("auth.login", "OK"): 2,
                series("token.verify", "TOKEN_INVALID"): 5, series("unknown", "METHOD_NOT_FOUND"): 61,
                series("unknown", "PARSE_ERROR"): 1,
            ])
        #expect(!after.contains("guess.method"))
        let now = samples(after)
        #expect(now["mvp_auth_call_seconds_count{method=\"auth.login\"}"] == 5)
        #expect(now["mvp_auth_hash_seconds_count{algorithm=\"bcrypt\"}"] ?? 0 >= 6)
        #expect(now["mvp_auth_messages{state=\"pending\"}"] != nil && now["mvp_auth_revocation_lag_seconds"] == 0)
        #expect(now["mvp_auth_store_seconds_count{operation=\"begin\"}"] == 2)
        #expect(now["mvp_auth_connections{app=\"other\"}"] ?? 0 >= 1)
        #expect(now["mvp_auth_call_seconds_count{method=\"system.ping\"}"] ?? 0 > 0, "one in some tens is timed")
        // They are counted once a second at most.
        var sessions: Double?
        for _ in 0..<400 where sessions != 2 {
            sessions = samples(try await text(daemon))["mvp_auth_sessions"]
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(sessions == 2)
        // What system.stats says is the same.
        let stats = try JSON.read(
            Array(try await daemon.ask(#"{"jsonrpc":"2.0","id":1,"method":"system.stats"}"#).utf8))
        #expect(stats.at("result", "calls", "auth.login") == 5 && stats.at("result", "calls", "system.ping") == 202)
        #expect(stats.at("result", "errors", "METHOD_NOT_FOUND") == 61)
    }

    @Test("A call that was answered at its deadline is one call")
    func deadline() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "10"])
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send(
            #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["a@example.org","wrong"],"meta":{"timeout_ms":1}}"#
                + "\n")
        #expect(try await wire.line().contains("DEADLINE_EXCEEDED"))
        // The work goes on to its end, which is not counted again.
        let key = "mvp_auth_call_seconds_count{method=\"auth.login\"}"
        var now: Samples = [:]
        for _ in 0..<400 where now[key] == nil {
            now = samples(try await text(daemon))
            try await Task.sleep(for: .milliseconds(10))
        }
        let logins = now.filter { $0.key.hasPrefix("mvp_auth_calls_total{method=\"auth.login\"") && $0.value > 0 }
        #expect(logins == [series("auth.login", "DEADLINE_EXCEEDED"): 1])
    }

    private func check(_ text: String) throws {
        var families: Set<Substring> = []
        var last: (series: String, count: Double)?
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") {
                #expect(families.insert(line.split(separator: " ")[2]).inserted, "\(line) is there once")
            }
            guard !line.hasPrefix("#"), line.contains("_bucket{") else { continue }
            let labels = try #require(line.firstMatch(of: /^(.*)le="([^"]+)"\} (\d+)$/)).output
            let count = try #require(Double(labels.3))
            if let last, last.series == labels.1 { #expect(count >= last.count, "\(line)") }
            last = (String(labels.1), count)
        }
        #expect(text.hasSuffix("\n"))
    }

    @Test("promtool finds nothing wrong with what the daemon and the shim tell", .enabled(if: Promtool.path != nil))
    func lint() async throws {
        let daemon = try await Daemon()
        let shim = try await HTTPService(daemon, arguments: ["--metrics", "127.0.0.1:0"])
        let body = #"{"email":"ada@example.org","password":"correct horse battery"}"#
        #expect(try await shim.send("POST", "/auth/register", body).status == 201)
        #expect(try await shim.send("POST", "/auth/login", body).status == 200)
        let told = try await scrape(try await metricsPort(of: shim.process)).text
        for text in [try await text(daemon), told] {
            try check(text)
            let said = try await Promtool.run(["check", "metrics"], input: text)
            #expect(said.status == 0 && said.text.isEmpty, "\(said.text)")
        }
    }

    @Test("promtool finds nothing wrong with the alerts, and each fires on its own", .enabled(if: Promtool.path != nil))
    func rules() async throws {
        let directory = Products.source("../../Packaging/monitoring") + "/"
        let checked = try await Promtool.run(["check", "rules", directory + "prometheus-rules.yml"])
        #expect(checked.status == 0, "\(checked.text)")
        let tested = try await Promtool.run(["test", "rules", directory + "rules-test.yml"])
        #expect(tested.status == 0 && tested.text.contains("SUCCESS"), "\(tested.text)")
    }

    @Test("Whatever the alerts and the dashboard ask for is told")
    func names() async throws {
        let daemon = try await Daemon()
        let shim = try await HTTPService(daemon, arguments: ["--metrics", "127.0.0.1:0"])
        let body = #"{"email":"ada@example.org","password":"correct horse battery"}"#
        _ = try await shim.send("POST", "/auth/register", body)
        let told = try await scrape(try await metricsPort(of: shim.process)).text
        let families = Set(told.matches(of: #/# TYPE (\w+) \w/#).map { String($0.output.1) })
        for file in ["prometheus-rules.yml", "grafana-dashboard.json"] {
            let path = Products.source("../../Packaging/monitoring/" + file)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            for match in text.matches(of: /\b((?:mvp_auth|process)_[a-z_]+)[{)\[ ,]/) {
                let name = match.output.1.replacing(/_(bucket|sum|count)$/, with: "")
                #expect(families.contains(String(name)), "\(file) asks for \(name)")
            }
        }
        let file = Products.source("../../Packaging/monitoring/grafana-dashboard.json")
        let dashboard = try JSON.read(Array(try Data(contentsOf: URL(filePath: file))))
        #expect(dashboard["panels"]?[0]?["title"] != nil)
    }

    // MARK: The shim

    private func metricsPort(of shim: ChildProcess) async throws -> UInt16 {
        #expect(await shim.says("tells Prometheus at http://127.0.0.1:"))
        let address = try #require(shim.output.firstMatch(of: /Prometheus at http:\/\/127\.0\.0\.1:(\d+)\/metrics/))
        return try #require(UInt16(address.output.1))
    }

    private func scrape(
        _ port: UInt16, _ verb: String = "GET", _ path: String = "/metrics"
    ) async throws -> HTTPAnswer {
        let wire = try WireSocket(port: port)
        try await wire.send("\(verb) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return try await HTTPService.answer(from: wire, hasBody: verb != "HEAD")
    }

    @Test("The shim's listener for Prometheus has one path, and the public one has not")
    func listener() async throws {
        let daemon = try await Daemon()
        let shim = try await HTTPService(daemon, arguments: ["--metrics", "127.0.0.1:0"])
        let port = try await metricsPort(of: shim.process)
        let answer = try await scrape(port)
        #expect(answer.status == 200 && answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.text.contains("mvp_auth_calls_total{") && answer.text.contains("mvp_auth_http_daemon_up 1\n"))
        let head = try await scrape(port, "HEAD")
        #expect(head.status == 200 && head["Content-Length"] != "0")
        #expect(try await scrape(port, "POST").status == 405)
        for path in ["/", "/healthz", "/docs", "/openapi.json", "/auth/me", "/authz", "/metrics/x"] {
            #expect(try await scrape(port, "GET", path).status == 404, "\(path)")
        }
        for path in ["/metrics", "/auth/metrics"] { #expect(try await shim.send("GET", path).status == 404) }
    }

    @Test("Requests are counted by route and class, and an unknown path makes no series")
    func requests() async throws {
        let daemon = try await Daemon()
        let shim = try await HTTPService(daemon, arguments: ["--metrics", "127.0.0.1:0"])
        let port = try await metricsPort(of: shim.process)
        let body = #"{"email":"ada@example.org","password":"correct horse battery"}"#
        #expect(try await shim.send("POST", "/auth/register", body).status == 201)
        for _ in 0..<2 { #expect(try await shim.send("POST", "/auth/register", body).status == 409) }
        for number in 0..<30 { #expect(try await shim.send("GET", "/guess/\(number)").status == 404) }
        for number in 0..<5 { #expect(try await shim.send("DELETE", "/auth/sessions/\(number)").status == 401) }
        #expect(try await shim.send("PURGE", "/authz").status == 401)
        let long = String(repeating: "a", count: 20_000)
        #expect(try await shim.send("POST", "/auth/login", #"{"email":"\#(long)","password":"x"}"#).status == 413)
        let told = try await scrape(port).text
        let now = samples(told)
        func count(_ route: String, _ verb: String, _ status: String) -> Double? {
            now["mvp_auth_http_requests_total{route=\"\(route)\",verb=\"\(verb)\",status=\"\(status)\"}"]
        }
        #expect(count("/auth/register", "POST", "2xx") == 1 && count("/auth/register", "POST", "4xx") == 2)
        #expect(count("none", "none", "4xx") == 30 && count("/auth/sessions/{id}", "DELETE", "4xx") == 5)
        #expect(count("/authz", "any", "4xx") == 1 && !told.contains("/guess") && !told.contains("PURGE"))
        #expect(now["mvp_auth_http_limits_total{limit=\"body_bytes\"}"] == 1)
        #expect(now["mvp_auth_http_process_open_fds"] ?? 0 > 3 && now["process_open_fds"] ?? 0 > 3)
    }

    private static let apps = """
        {"apps": [
          {"name": "web", "socket": {}, "methods": ["auth.*", "user.*"]},
          {"name": "seen", "socket": {}, "methods": ["auth.*", "user.*", "system.metrics"]}
        ]}
        """

    @Test("Without the right to system.metrics the shim tells its own numbers; with it no other right comes along")
    func leastPrivilege() async throws {
        let directory = try ScratchDirectory()
        let file = directory.path + "/apps.json"
        try Self.apps.write(toFile: file, atomically: true, encoding: .utf8)
        let daemon = try await Daemon(["AUTH_APPS_FILE": file], in: directory)
        for (app, isTold) in [("web", false), ("seen", true)] {
            let shim = try ChildProcess(
                Products.path("mvp-auth-http"),
                [
                    "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--socket",
                    "unix://\(directory.path)/run/app-\(app).sock",
                ], in: directory.path)
            let port = try await metricsPort(of: shim)
            for _ in 0..<2 {
                let answer = try await scrape(port)
                #expect(answer.status == 200 && answer.text.contains("mvp_auth_http_daemon_up 1\n"), "\(app)")
                #expect(answer.text.contains("mvp_auth_calls_total{") == isTold, "\(app)")
                #expect(answer.text.contains("\nprocess_open_fds ") == isTold, "\(app)")
            }
            let wire = try WireSocket(unix: "\(directory.path)/run/app-\(app).sock")
            try await wire.send(#"{"jsonrpc":"2.0","id":1,"method":"system.stats"}"# + "\n")
            #expect(try await wire.line().contains("PERMISSION_DENIED"))
        }
        // It was asked once and has heard no.
        let refused = samples(try await text(daemon))[series("system.metrics", "PERMISSION_DENIED")]
        #expect(refused == 1)
        daemon.process.send(SIGTERM)
        _ = await daemon.process.ended()
    }

    @Test("While the daemon is away the shim says so, and tells its own numbers")
    func away() async throws {
        let directory = try ScratchDirectory()
        let shim = try ChildProcess(
            Products.path("mvp-auth-http"),
            [
                "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--socket", "unix://\(directory.path)/none.sock",
            ], in: directory.path)
        let answer = try await scrape(try await metricsPort(of: shim))
        #expect(answer.status == 200 && answer.text.contains("mvp_auth_http_daemon_up 0\n"))
        #expect(answer.text.contains("mvp_auth_http_connections 0\n"))
    }

    @Test("An address for Prometheus that cannot be had ends the start with a sentence that names its option")
    func busyAddress() async throws {
        let daemon = try await Daemon()
        let first = try await HTTPService(daemon)
        let second = try ChildProcess(
            Products.path("mvp-auth-http"),
            [
                "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:\(first.port)", "--socket",
                "unix://" + daemon.socket,
            ], in: daemon.directory.path)
        #expect(await second.ended() == 1)
        let errors = second.errors
        #expect(errors.contains("choose another one with --metrics or MVP_AUTH_HTTP_METRICS"), "\(errors)")
    }

    // MARK: Slow calls

    @Test("A call beyond its bound is a line in the log, with what it waited for; others are none")
    func slowCalls() async throws {
        let daemon = try await Daemon([
            "AUTH_BCRYPT_COST": "8", "AUTH_SLOW_HASHING_SECONDS": "0.001", "AUTH_SLOW_CALL_SECONDS": "3600",
        ])
        let wire = try WireSocket(unix: daemon.socket)
        for line in [
            #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["ada@example.org","wrong horse battery"]}"#,
            #"{"jsonrpc":"2.0","id":2,"method":"system.health"}"#,
        ] {
            try await wire.send(line + "\n")
            _ = try await wire.line()
        }
        for _ in 0..<400 where !daemon.process.errors.contains("a call was slow") {
            try await Task.sleep(for: .milliseconds(10))
        }
        let lines = daemon.process.errors.split(separator: "\n").filter { $0.contains("a call was slow") }
        let line = try #require(lines.first)
        #expect(lines.count == 1 && line.contains("auth.login") && line.contains("INVALID_CREDENTIALS"), "\(line)")
        for name in ["app", "uid", "request_id", "queue_ms", "work_ms"] { #expect(line.contains(name), "\(line)") }
        #expect(!line.contains("ada@example.org") && !line.contains("horse"))
    }
}
