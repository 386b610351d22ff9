import Foundation
import Testing

/// What a parent leaves to the programs.
@Suite("What is inherited")
struct ProcessStartTests {
    private func descriptors(of pid: Int32) -> [String: String] {
        let directory = "/proc/\(pid)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: directory + "/" + name)).map { (name, $0) }
            })
    }

    @Test("closed descriptors 0 to 2 lead nowhere", arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func closed(redirection: String) async throws {
        let directory = try ScratchDirectory().prepared()
        let socket = directory.path + "/run/mvp-auth.sock"
        let environment = [
            "MVP_AUTH_RUNTIME_DIR": directory.path + "/run", "MVP_AUTH_STATE_DIR": directory.path + "/state",
            "AUTH_DATABASE_URL": "memory:", "MVP_AUTH_HTTP_LISTEN": "unix://\(directory.path)/http.sock",
        ]
        func start(_ product: String) throws -> ChildProcess {
            try ChildProcess(
                "/bin/sh", ["-c", "exec \"$0\" \(redirection)", Products.path(product)], environment: environment,
                in: directory.path)
        }
        func isThere(_ path: String) async -> Bool {
            for _ in 0..<2000 where !FileManager.default.fileExists(atPath: path) {
                try? await Task.sleep(for: .milliseconds(5))
            }
            return FileManager.default.fileExists(atPath: path)
        }
        let daemon = try start("mvp-authd")
        #expect(await isThere(socket))
        let shim = try start("mvp-auth-http")
        #expect(await isThere(directory.path + "/http.sock"))
        // Both serve, so their handlers of signals are in place.
        let rpc = try WireSocket(unix: socket)
        try await rpc.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}\n")
        #expect(try await rpc.line().contains("result"))
        let curl = try ChildProcess(
            "/usr/bin/curl", ["-sf", "--unix-socket", directory.path + "/http.sock", "http://a/healthz"],
            in: directory.path)
        #expect(await curl.ended() == 0)
        for process in [daemon, shim] {
            let open = descriptors(of: process.pid)
            for number in ["0", "1", "2"] {
                let target = open[number] ?? "nothing"
                #expect(target == "/dev/null" || target.hasPrefix(directory.path), "\(number): \(target)")
            }
        }
        for process in [shim, daemon] {
            process.send(SIGTERM)
            let status = await process.ended()
            #expect(status == 0, "\(process.errors)")
        }
    }

    @Test("a parent that ignores SIGCHLD and blocks signals does not lose the emails, nor the stop")
    func dispositions() async throws {
        let directory = try ScratchDirectory().prepared()
        let script = """
            import os, signal, sys
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP])
            os.execv(sys.argv[1], sys.argv[1:])
            """
        let process = try ChildProcess(
            "/usr/bin/python3", ["-c", script, Products.path("mvp-authd")],
            environment: [
                "MVP_AUTH_RUNTIME_DIR": directory.path + "/run", "MVP_AUTH_STATE_DIR": directory.path + "/state",
                "AUTH_BCRYPT_COST": "4", "AUTH_EMAIL_SINK": "log", "AUTH_LOG_LEVEL": "debug",
            ], in: directory.path)
        #expect(await process.says("mvp-authd ready"), "\(process.errors)")
        let wire = try WireSocket(unix: directory.path + "/run/mvp-auth.sock")
        try await wire.send(
            #"{"jsonrpc":"2.0","id":1,"method":"user.register","params":["ada@example.org","correct horse battery"]}"#
                + "\n")
        #expect(try await wire.line().contains("result"))
        for _ in 0..<2000 where !process.errors.contains("an email was") {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(process.errors.contains("an email was handed over") && !process.errors.contains("not taken"))
        process.send(SIGTERM)
        #expect(await process.ended() == 0)
    }

    @Test("each program says its version", arguments: ["mvp-authd", "mvp-auth-http", "mvp-auth-mail", "mvp-auth"])
    func version(product: String) async throws {
        let directory = try ScratchDirectory()
        let process = try ChildProcess(Products.path(product), ["--version"], in: directory.path)
        #expect(await process.ended() == 0)
        #expect(process.output.split(separator: ".").count == 3)
    }
}

/// Why the daemon cannot be reached.
@Suite("Out of reach")
struct UnreachableTests {
    private func ping(
        _ environment: [String: String], in directory: ScratchDirectory, arguments: [String] = []
    ) async throws -> (status: Int32?, errors: String) {
        let process = try ChildProcess(
            Products.path("mvp-auth"), ["ping", "--timeout", "1"] + arguments, environment: environment,
            in: directory.path)
        let status = await process.ended()
        return (status, process.errors)
    }

    @Test("no socket: the message says where it was looked for")
    func nothing() async throws {
        let directory = try ScratchDirectory()
        let found = try await ping(["MVP_AUTH_RUNTIME_DIR": directory.path], in: directory)
        #expect(found.status == 69)
        #expect(found.errors.contains("cannot be reached: there is no socket at \(directory.path)/mvp-auth.sock."))
        let search = try await ping(
            ["XDG_RUNTIME_DIR": directory.path, "RUNTIME_DIRECTORY": directory.path + "/other"], in: directory)
        #expect(search.errors.contains("\(directory.path)/mvp-auth/mvp-auth.sock or /run/mvp-auth/mvp-auth.sock"))
    }

    @Test("nobody listens")
    func stale() async throws {
        let daemon = try await Daemon()
        daemon.process.send(SIGKILL)
        _ = await daemon.process.ended()
        let found = try await ping(["MVP_AUTH_SOCKET": daemon.socket], in: daemon.directory)
        #expect(found.status == 69 && found.errors.contains("nobody listens on \(daemon.socket)"), "\(found.errors)")
    }

    @Test("not permitted", .enabled(if: Host.isRoot))
    func permission() async throws {
        let daemon = try await Daemon()
        chmod(daemon.directory.path, 0o755)
        chmod(daemon.directory.path + "/run", 0o755)
        let program = daemon.directory.path + "/mvp-auth"
        try FileManager.default.copyItem(atPath: Products.path("mvp-auth"), toPath: program)
        chmod(program, 0o755)
        let process = try ChildProcess(
            "/usr/bin/setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", program, "ping", "--timeout", "1"],
            environment: ["MVP_AUTH_SOCKET": daemon.socket], in: daemon.directory.path)
        #expect(await process.ended() == 69)
        #expect(
            process.errors.contains("not permitted") && process.errors.contains("add the user to the group mvp-auth"),
            "\(process.errors)")
        // No group helps with the operators' socket.
        let operators = try ChildProcess(
            "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", program, "users", "list"],
            environment: ["MVP_AUTH_SOCKET": daemon.socket], in: daemon.directory.path)
        #expect(await operators.ended() == 69)
        #expect(operators.errors.contains("admin.sock; root and the daemon's own user are."), "\(operators.errors)")
    }

    @Test("a client finds the socket of the daemon that is there, and none by its own RUNTIME_DIRECTORY")
    func search() async throws {
        let daemon = try await Daemon()
        let home = daemon.directory.path + "/xdg"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: home + "/mvp-auth", withDestinationPath: daemon.directory.path + "/run")
        let found = try await ping(
            ["XDG_RUNTIME_DIR": home, "RUNTIME_DIRECTORY": "/nonexistent"], in: daemon.directory)
        #expect(found.status == 0, "\(found.errors)")
        let only = try await ping(
            ["XDG_RUNTIME_DIR": home, "MVP_AUTH_RUNTIME_DIR": "/nonexistent"], in: daemon.directory)
        #expect(only.status == 69)
    }
}
