import Foundation
import PostgresServer
import StrictJSON
import Testing

/// Where secrets stay, and where they never come.
@Suite("Secrets")
struct SecretTests {
    private func call(_ wire: WireSocket, _ method: String, _ params: JSON) async throws -> JSON {
        try await wire.send(Self.line(method, params))
        return try Self.json(try await wire.line())
    }

    private static func line(_ method: String, _ params: JSON) -> String {
        let call: JSON = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": params]
        return String(decoding: call.text, as: UTF8.self) + "\n"
    }

    private static func json(_ line: String) throws -> JSON {
        var scanner = JSONScanner()
        return try JSON(try scanner.scan(Array(line.utf8)))
    }

    // MARK: Memory

    @Test(
        "neither a line with a secret nor the answer to it stays in the daemon's memory",
        .enabled(if: ProcessMemory.isReadable, "needs CAP_SYS_PTRACE"))
    func buffers() async throws {
        let daemon = try await Daemon()
        let (password, changed) = (Canaries.random(), Canaries.random())
        let wire = try WireSocket(unix: daemon.socket)
        let account: JSON = ["email": "ada@example.org", "password": .string(password)]
        #expect(try await call(wire, "user.register", account)["result"] != nil)
        let pair = try await call(wire, "auth.login", account)["result"]
        let access = try #require(pair?["access_token"]?.string)
        let refresh = try #require(pair?["refresh_token"]?.string)
        // A line that comes in pieces is put together elsewhere.
        let login = Self.line("auth.login", account)
        for piece in [login.prefix(70), login.dropFirst(70)] {
            try await wire.send(String(piece))
            try await Task.sleep(for: .milliseconds(50))
        }
        let torn = try Self.json(try await wire.line())["result"]?["refresh_token"]?.string
        let next = try await call(wire, "auth.refresh", ["refresh_token": .string(refresh)])["result"]
        let last = try #require(next?["access_token"]?.string)
        let change = Self.line(
            "password.change_password",
            [
                "access_token": .string(last), "current_password": .string(password),
                "new_password": .string(changed),
            ])
        try await wire.send("[" + change.dropLast() + "]\n")
        #expect(try await wire.line().contains("Password changed."))
        let batch = Self.line("auth.login", ["email": "ada@example.org", "password": .string(changed)])
        try await wire.send("[" + batch.dropLast() + "]\n")
        guard case .array(let answers) = try Self.json(try await wire.line()),
            let batched = answers.first?["result"]?["refresh_token"]?.string
        else { throw DaemonFailure(description: "the batch was not answered") }
        let pieces = [
            #""password":""# + password, #""current_password":""# + password, #""new_password":""# + changed,
            #""password":""# + changed, #""access_token":""# + access, #""access_token":""# + last,
            #""refresh_token":""# + refresh, #""refresh_token":""# + (torn ?? "?"),
            #""refresh_token":""# + batched,
        ]
        // What was sent is overwritten in the moment after; the reader may be faster.
        var left = pieces
        for _ in 0..<20 where !left.isEmpty {
            try await Task.sleep(for: .milliseconds(20))
            left = try left.filter { try ProcessMemory.count(of: $0, in: daemon.process.pid) > 0 }
        }
        #expect(left.isEmpty, "these lie there still: \(left.map { $0.prefix(18) })")
        #expect(
            try ProcessMemory.count(of: "MVP_AUTH_RUNTIME_DIR=" + daemon.directory.path, in: daemon.process.pid) > 0,
            "what is there is found")
        await daemon.stop()
    }

    @Test("neither the daemon nor the command line leaves a core")
    func cores() async throws {
        func core(_ pid: Int32) -> [Substring] {
            let limits = try? String(contentsOfFile: "/proc/\(pid)/limits", encoding: .utf8)
            let line = limits?.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
            return Array((line ?? "").split(separator: " ").dropFirst(4).prefix(2))
        }
        let daemon = try await Daemon()
        #expect(core(daemon.process.pid) == ["0", "0"])
        let watch = try ChildProcess(
            Products.path("mvp-auth"), ["messages", "watch"],
            environment: ["MVP_AUTH_SOCKET": "unix://" + daemon.socket], in: daemon.directory.path)
        defer { watch.send(SIGKILL) }
        for _ in 0..<1000 where core(watch.pid) != ["0", "0"] { try await Task.sleep(for: .milliseconds(5)) }
        #expect(core(watch.pid) == ["0", "0"])
    }

    // MARK: Traces

    /// A daemon whose secrets are in files, with a mailer that writes down what it was given and what it has inherited.
    private struct Run {
        let daemon: Daemon
        let shim: HTTPService
        let mailer: ChildProcess
        let settings: [String: String]
        var canaries: Canaries
        /// What was said to whoever made a mistake, and to operators.
        var said: [String] = []

        var directory: String { daemon.directory.path }
        var mails: String { (try? String(contentsOfFile: directory + "/mails", encoding: .utf8)) ?? "" }

        init(_ backend: Backend) async throws {
            var canaries = Canaries()
            let directory = try ScratchDirectory().prepared()
            func file(_ name: String, _ text: String, mode: Int) throws -> String {
                let path = directory.path + "/" + name
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                return path
            }
            var settings = [
                "AUTH_LOG_LEVEL": "trace", "AUTH_EMAIL_SINK": "socket", "AUTH_EMAIL_LIMITS": "false",
                "AUTH_SECRET_KEY_FILE": try file("key", canaries.make("key") + "0123456789", mode: 0o600),
            ]
            if backend == .postgresql {
                let server = try PostgresServer.shared.get()
                let url = server.url(of: try server.makeDatabase()) + "&password=" + canaries.make("database password")
                settings["AUTH_DATABASE_URL_FILE"] = try file("url", url, mode: 0o600)
            }
            daemon = try await Daemon(settings, in: directory, arguments: [])
            shim = try await HTTPService(daemon, settings: ["MVP_AUTH_HTTP_LOG_REQUESTS": "true"])
            let script = """
                #!/bin/sh
                cat >> \(directory.path)/mails
                tr '\\0' '\\n' < /proc/$$/environ >> \(directory.path)/child
                tr '\\0' '\\n' < /proc/$$/cmdline >> \(directory.path)/child

                """
            mailer = try ChildProcess(
                Products.path("mvp-auth-mail"), [],
                environment: [
                    "MVP_AUTH_SOCKET": "unix://" + daemon.socket, "MVP_AUTH_MAIL_SINK": "command",
                    "MVP_AUTH_MAIL_COMMAND": try file("sender", script, mode: 0o755),
                ], in: directory.path)
            self.settings = settings
            self.canaries = canaries
            guard await mailer.says("mvp-auth-mail ready") else {
                throw DaemonFailure(description: "the mailer did not start: \(mailer.errors)")
            }
        }

        /// Keeps what was answered, if it is an error.
        @discardableResult
        mutating func send(
            _ path: String, _ body: JSON, token: String? = nil, status: Int = 200
        ) async throws -> JSON {
            let answer = try await shim.send(
                "POST", "/auth" + path, String(decoding: body.text, as: UTF8.self), token: token)
            #expect(answer.status == status, "\(path): \(answer.text)")
            if status >= 400 { said.append(answer.text) }
            return answer.json ?? .null
        }

        /// Keeps what was answered.
        mutating func ask(_ method: String, _ params: JSON, at socket: String) async throws {
            let wire = try WireSocket(unix: socket)
            try await wire.send(SecretTests.line(method, params))
            said.append(try await wire.line())
        }

        /// The token of a mail to an address.
        mutating func mailed(_ event: String, _ count: Int = 1) async throws -> String {
            for _ in 0..<2000 {
                let events = mails.split(separator: "\n").compactMap { try? SecretTests.json(String($0)) }
                let tokens = events.filter { $0["event"]?.string == event }.compactMap { $0["token"]?.string }
                if tokens.count >= count {
                    canaries.add(event, tokens[count - 1])
                    return tokens[count - 1]
                }
                try await Task.sleep(for: .milliseconds(5))
            }
            throw DaemonFailure(description: "no \(event) was mailed")
        }

        /// The tokens of a login or a refresh.
        mutating func pair(_ answer: JSON, _ name: String) throws -> (access: String, refresh: String) {
            let access = try #require(answer["access_token"]?.string)
            let refresh = try #require(answer["refresh_token"]?.string)
            canaries.add("access token of the \(name)", access)
            canaries.add("refresh token of the \(name)", refresh)
            if let device = answer["device_token"]?.string { canaries.add("device token of the \(name)", device) }
            return (access, refresh)
        }

        /// What a program of the command line says.
        mutating func report(_ arguments: [String], _ environment: [String: String]) async throws {
            let process = try ChildProcess(
                Products.path("mvp-auth"), arguments, environment: environment, in: directory)
            #expect(await process.ended(within: 60) == 0, "\(arguments): \(process.errors)")
            #expect(!(process.output + process.errors).isEmpty)
            said += [process.output, process.errors]
        }
    }

    /// What an account goes through, with what goes wrong on the way.
    private func live(_ run: inout Run) async throws {
        let (email, password) = (JSON.string("ada@example.org"), JSON.string(run.canaries.make("password")))
        try await run.send("/register", ["email": email, "password": password], status: 201)
        try await run.send("/register", ["email": email, "password": password], status: 409)
        try await run.send("/register", ["email": password, "password": password], status: 422)
        let proof = JSON.string(try await run.mailed("verification_email"))
        try await run.send("/verify-email", ["token": proof])
        let wrong = JSON.string(run.canaries.make("wrong password"))
        try await run.send("/login", ["email": email, "password": wrong], status: 401)
        let login: JSON = ["email": email, "password": password, "remember_device": true]
        let first = try run.pair(try await run.send("/login", login), "login")
        let next = try run.pair(
            try await run.send("/refresh", ["refresh_token": .string(first.refresh)]), "refresh")
        try await run.send("/refresh", ["refresh_token": .string(first.refresh)], status: 401)
        try await run.send("/logout", [:], token: next.access + "x", status: 401)
        try await run.send("/forgot-password", ["email": email])
        let reset = JSON.string(try await run.mailed("password_reset_email"))
        let another = JSON.string(run.canaries.make("password of the reset"))
        try await run.send("/reset-password", ["token": reset, "new_password": another])
        try await run.send("/reset-password", ["token": reset, "new_password": another], status: 400)
        let second = try run.pair(
            try await run.send("/login", ["email": email, "password": another]), "second login")
        let changed = JSON.string(run.canaries.make("changed password"))
        try await run.send(
            "/change-password", ["current_password": wrong, "new_password": changed], token: second.access, status: 401)
        try await run.send(
            "/change-password", ["current_password": another, "new_password": changed], token: second.access)
    }

    /// What operators do and see, and what is no call.
    private func operate(_ run: inout Run) async throws {
        let secret = JSON.string(run.canaries.make("password by an operator"))
        let (socket, admin) = (run.daemon.socket, run.daemon.adminSocket)
        try await run.ask("admin.create_user", ["email": "bob@example.org", "password": secret], at: admin)
        try await run.ask("admin.create_user", ["email": "bob@example.org", "password": secret], at: admin)
        try await run.ask("admin.set_password", ["user_id": secret, "password": secret], at: admin)
        try await run.ask(
            "admin.import_users", ["users": [["email": "c@x.org", "password_hash": secret]]], at: admin)
        try await run.ask("auth.refresh", ["refresh_token": secret], at: socket)
        try await run.ask("auth.login", ["email": secret, "pass": secret], at: socket)
        let torn = try WireSocket(unix: socket)
        try await torn.send(#"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["#)
        try await torn.send("\(String(decoding: secret.text, as: UTF8.self))}\n")
        run.said.append(try await torn.line())
        for method in ["system.stats", "system.info", "system.health"] {
            try await run.ask(method, [:], at: admin)
        }
        let here = ["MVP_AUTH_SOCKET": "unix://" + socket]
        let same = run.settings.merging([
            "MVP_AUTH_STATE_DIR": run.directory + "/state", "MVP_AUTH_RUNTIME_DIR": run.directory + "/run",
            "AUTH_BCRYPT_COST": "4", "AUTH_ARGON2_MEMORY_KIB": "64",
        ]) { $1 }
        try await run.report(["check"], same)
        try await run.report(["check", "--json"], same)
        for arguments in [
            ["users", "export"], ["users", "list"], ["sessions", "list", "--user", "ada@example.org"],
            ["messages", "list"],
        ] {
            try await run.report(arguments, here)
        }
    }

    /// Every row of the database as text.
    private func rows(_ run: Run, _ backend: Backend) async throws -> String {
        guard backend == .postgresql else {
            let script = """
                import sqlite3, sys
                database = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
                print("\\n".join(database.iterdump()))
                """
            let dump = try ChildProcess(
                "/usr/bin/python3", ["-c", script, run.daemon.database], in: run.directory)
            #expect(await dump.ended() == 0, "\(dump.errors)")
            return dump.output
        }
        let server = try PostgresServer.shared.get()
        let url = try String(contentsOfFile: run.directory + "/url", encoding: .utf8)
        let path = try #require(url.split(separator: "?").first)
        let database = String(path.split(separator: "/").last ?? "")
        let tables = try server.query(
            "SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')", in: database
        )
        return try tables.split(separator: "\n").map {
            try server.query("SELECT t::text FROM \"\($0)\" t", in: database)
        }
        .joined(separator: "\n")
    }

    @Test(
        "of a run with every kind of secret, none is in a log, an error, a report, a process or the database",
        arguments: Backend.allCases)
    func traces(backend: Backend) async throws {
        var run = try await Run(backend)
        try await live(&run)
        try await operate(&run)
        #expect(run.canaries.all.count >= 14)
        let canaries = run.canaries
        #expect(
            Set(canaries.found(in: run.mails)) == ["verification_email", "password_reset_email"],
            "what is there is found")
        for said in run.said { #expect(canaries.found(in: said).isEmpty, "\(said)") }
        for process in [run.daemon.process, run.shim.process, run.mailer] {
            for file in ["cmdline", "environ"] {
                let bytes = try #require(FileManager.default.contents(atPath: "/proc/\(process.pid)/\(file)"))
                #expect(canaries.found(in: String(decoding: bytes, as: UTF8.self)).isEmpty, "\(file)")
            }
        }
        let child = try String(contentsOfFile: run.directory + "/child", encoding: .utf8)
        #expect(child.contains("/sender") && canaries.found(in: child).isEmpty)
        let rows = try await rows(run, backend)
        #expect(rows.contains("ada@example.org") && canaries.found(in: rows).isEmpty)
        await run.daemon.stop()
        for process in [run.shim.process, run.mailer] {
            process.send(SIGTERM)
            _ = await process.ended()
        }
        for process in [run.daemon.process, run.shim.process, run.mailer] {
            #expect(!process.errors.isEmpty, "it has logged")
            #expect(canaries.found(in: process.output + process.errors).isEmpty)
        }
    }
}
