import Foundation
import Testing

/// How the daemon starts, and how it says that it does not.
@Suite("Starting the daemon")
struct StartTests {
    /// Starts a daemon that is expected to refuse, and gives its exit status and its sentence.
    private func refusal(
        _ settings: [String: String] = [:], in directory: ScratchDirectory, arguments: [String] = []
    ) async throws -> (status: Int32?, sentence: String) {
        let process = try Daemon.launch(settings, in: directory, arguments: arguments)
        let status = await process.ended()
        let lines = process.errors.split(separator: "\n").filter { $0.hasPrefix("mvp-authd: ") }
        #expect(lines.count == 1, "\(process.errors)")
        return (status, lines.first.map(String.init) ?? "")
    }

    @Test(
        "a wrong setting is named, with its value and what is allowed",
        arguments: [
            ("AUTH_ALGORITHM", "none", "AUTH_ALGORITHM is \"none\" and must be one of HS256,"),
            ("AUTH_BCRYPT_COST", "99", "AUTH_BCRYPT_COST is \"99\" and must be an integer from 4 to 15."),
            ("AUTH_ACCESS_TOKEN_EXPIRE_MINUTES", "1e3", "must be an integer from 1 to 1440."),
            ("AUTH_REQUIRE_EMAIL_VERIFICATION", "perhaps", "must be true or false."),
            ("AUTH_REUSE_REVOKES", "nobody", "must be one of user, session."),
            ("AUTH_EMAIL_SINK", "command", "run mvp-auth-mail --sink command with MVP_AUTH_MAIL_COMMAND"),
            ("AUTH_DATABASE_URL", "mysql://x:secret@y/z", "names the store \"mysql\""),
            ("AUTH_SECRET_KEY", "", "empty"),
            ("AUTH_PRIVATE_KEY_FILE", "/nonexistent", "/nonexistent does not exist"),
        ])
    func settings(name: String, value: String, sentence: String) async throws {
        var settings = [name: value]
        if name == "AUTH_PRIVATE_KEY_FILE" { settings["AUTH_ALGORITHM"] = "ES256" }
        let (status, text) = try await refusal(settings, in: try ScratchDirectory().prepared())
        #expect(status == 78)
        #expect(text.contains(sentence) && !text.contains("secret@"), "\(text)")
    }

    @Test("a weak key is refused when it must be strict, and warned of otherwise")
    func weakKey() async throws {
        let (status, text) = try await refusal(
            ["AUTH_SECRET_KEY": "short-canary", "AUTH_STRICT": "true"], in: try ScratchDirectory().prepared())
        #expect(status == 78 && text.contains("HS256 needs 32") && !text.contains("short-canary"))
        let daemon = try await Daemon(["AUTH_SECRET_KEY": "short-canary"])
        #expect(daemon.process.errors.contains("AUTH_SECRET_KEY"))
        #expect(!daemon.process.errors.contains("short-canary"))
    }

    @Test("a missing directory is one sentence", arguments: ["run", "state"])
    func missingDirectory(name: String) async throws {
        let directory = try ScratchDirectory().prepared()
        try FileManager.default.removeItem(atPath: directory.path + "/" + name)
        let (status, text) = try await refusal(in: directory)
        #expect(status == 1 && text.contains("\(directory.path)/\(name)") && text.contains("does not exist"))
    }

    @Test("a signal to reload that comes while it starts does not end it", arguments: 0..<3)
    func earlyReload(_: Int) async throws {
        let directory = try ScratchDirectory().prepared()
        let process = try Daemon.launch([:], in: directory)
        let socket = directory.path + "/run/mvp-auth.sock"
        while process.isRunning, !FileManager.default.fileExists(atPath: socket) { await Task.yield() }
        for _ in 0..<20 {
            process.send(SIGHUP)
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(await process.says("mvp-authd ready"), "\(process.errors)")
        process.send(SIGTERM)
        #expect(await process.ended() == 0)
    }

    @Test("a second daemon on the database or on the socket is refused and harms nothing")
    func secondDaemon() async throws {
        let daemon = try await Daemon()
        let (status, text) = try await refusal(in: daemon.directory)
        #expect(status == 1 && text.contains("in use by another mvp-auth daemon"))
        let (other, sentence) = try await refusal(["AUTH_DATABASE_URL": "memory:"], in: daemon.directory)
        #expect(other == 1 && sentence.contains("Another mvp-auth daemon is serving"))
        #expect(try await daemon.ask(#"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#).contains("result"))
    }

    @Test("of twenty daemons started together one serves")
    func together() async throws {
        for _ in 0..<3 {
            let directory = try ScratchDirectory().prepared()
            let all = try (0..<20).map { _ in try Daemon.launch(["AUTH_DATABASE_URL": "memory:"], in: directory) }
            var refused = 0
            for process in all where await process.says("mvp-authd ready") == false {
                #expect(await process.ended() == 1)
                refused += 1
            }
            #expect(refused == 19)
            let winner = try #require(all.first { $0.isRunning })
            let wire = try WireSocket(unix: directory.path + "/run/mvp-auth.sock")
            try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}\n")
            #expect(try await wire.line().contains("result"))
            winner.send(SIGKILL)
            _ = await winner.ended()
            let next = try await Daemon(["AUTH_DATABASE_URL": "memory:"], in: directory)
            #expect(await next.stop() == 0)
        }
    }

    @Test("the sockets have exactly their modes, whatever the umask", arguments: ["000", "022", "077"])
    func modes(mask: String) async throws {
        let directory = try ScratchDirectory().prepared()
        let process = try ChildProcess(
            "/bin/sh", ["-c", "umask \(mask); exec \"$0\" \"$@\"", Products.path("mvp-authd")],
            environment: [
                "MVP_AUTH_RUNTIME_DIR": directory.path + "/run", "MVP_AUTH_STATE_DIR": directory.path + "/state",
            ], in: directory.path)
        #expect(await process.says("mvp-authd ready"))
        func mode(_ name: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: directory.path + name)[.posixPermissions] as? Int
        }
        #expect(try mode("/run/mvp-auth.sock") == 0o660)
        #expect(try mode("/run/admin.sock") == 0o600)
        #expect(try mode("/state/key") == 0o600)
        #expect(try mode("/state/auth.db") == 0o600)
        process.send(SIGTERM)
        #expect(await process.ended() == 0)
    }

    @Test("what stands at the path and is no socket is left alone")
    func foreignPath() async throws {
        let directory = try ScratchDirectory().prepared()
        let path = directory.path + "/run/mvp-auth.sock"
        try "precious".write(toFile: path, atomically: true, encoding: .utf8)
        let (status, text) = try await refusal(in: directory)
        #expect(status == 1 && text.contains("is not a socket"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        try FileManager.default.removeItem(atPath: path)
        let target = directory.path + "/target"
        try "target".write(toFile: target, atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        #expect(try await refusal(in: directory).sentence.contains("is not a socket"))
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "target")
    }

    @Test("a path that no socket can have is one sentence")
    func longPath() async throws {
        let directory = try ScratchDirectory().prepared()
        let long = directory.path + "/" + String(repeating: "d", count: 110)
        try FileManager.default.createDirectory(atPath: long, withIntermediateDirectories: true)
        let (status, text) = try await refusal(in: directory, arguments: ["--runtime-dir", long])
        #expect(status == 1 && text.contains("longer than 107 bytes"))
    }

    @Test("a stale socket is replaced")
    func staleSocket() async throws {
        let directory = try ScratchDirectory()
        let first = try await Daemon(in: directory)
        first.process.send(SIGKILL)
        _ = await first.process.ended()
        #expect(FileManager.default.fileExists(atPath: first.socket))
        let second = try await Daemon(in: directory)
        #expect(await second.stop() == 0)
    }

    @Test("lack of descriptors does not end the listener")
    func descriptors() async throws {
        let daemon = try await Daemon(["AUTH_OPEN_FILES": "256"])
        var held: [WireSocket] = []
        for _ in 0..<400 { if let wire = try? WireSocket(unix: daemon.socket) { held.append(wire) } }
        let admin = try WireSocket(unix: daemon.adminSocket)
        try await admin.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.health\"}\n")
        #expect(try await admin.line().contains("\"status\":\"ok\""))
        held = []
        #expect(try await daemon.ask(#"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#).contains("result"))
    }

    @Test("no secret reaches the log")
    func silence() async throws {
        let daemon = try await Daemon(["AUTH_LOG_LEVEL": "trace"], arguments: [])
        for line in [
            #"{"jsonrpc":"2.0","id":1,"method":"user.register","params":["ada@example.org","canary-password-1"]}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["ada@example.org","canary-password-1"]}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"auth.refresh","params":["canary-token"]}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"password.forgot_password","params":["ada@example.org"]}"#,
        ] { _ = try await daemon.ask(line) }
        await daemon.stop()
        let said = daemon.process.output + daemon.process.errors
        #expect(!said.contains("canary") && !said.contains("eyJ"))
    }
}
