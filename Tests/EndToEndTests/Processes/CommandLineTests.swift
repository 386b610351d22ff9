import Foundation
import MVPAuth
import StrictJSON
import Testing

@Suite("The command line")
struct CommandLineTests {
    private func run(
        _ arguments: [String], daemon: Daemon? = nil, input: String? = nil, environment: [String: String] = [:]
    ) async throws -> (status: Int32?, output: String, errors: String) {
        let directory = try ScratchDirectory()
        var environment = environment
        environment["MVP_AUTH_SOCKET"] = "unix://" + (daemon?.socket ?? directory.path + "/none.sock")
        let process = try ChildProcess(
            Products.path("mvp-auth"), arguments, environment: environment, in: directory.path, input: input)
        let status = await process.ended()
        return (status, process.output, process.errors)
    }

    private func tree(_ text: String) throws -> JSON {
        var scanner = JSONScanner()
        return try JSON(try scanner.scan(Array(text.utf8)))
    }

    @Test("calls a method with params from the line or from standard input")
    func call() async throws {
        let daemon = try await Daemon()
        let params = #"{"email":"ada@example.org","password":"correct horse battery"}"#
        let registered = try await run(["call", "user.register", "-", "--json"], daemon: daemon, input: params)
        #expect(registered.status == 0)
        #expect(try tree(registered.output)["email"] == "ada@example.org")
        let shown = try await run(["call", "system.info"], daemon: daemon)
        #expect(shown.status == 0 && shown.output.contains("  \"store\": \"sqlite\""))
        #expect(!shown.output.contains("\u{1B}"), "no colours but on a terminal")
        let taken = try await run(["call", "user.register", params], daemon: daemon)
        #expect(taken.status == 1 && taken.output.isEmpty && taken.errors.hasPrefix("USER_EXISTS: "))
        let json = try await run(["call", "user.register", "{\"email\":1}", "--json"], daemon: daemon)
        #expect(json.status == 1)
        #expect(try tree(json.output)["error"]?["fields"]?[0]?["path"] == "email")
    }

    @Test("calls a method with params by name; a password comes from standard input or a file")
    func named() async throws {
        let daemon = try await Daemon()
        let email = "email=ada@example.org"
        let password = "correct = horse @ battery"
        let registered = try await run(
            ["call", "user.register", email, "password=-", "--json"], daemon: daemon, input: password + "\n")
        #expect(registered.status == 0 && registered.errors.isEmpty, "\(registered.errors)")
        let directory = try ScratchDirectory()
        let file = directory.path + "/password"
        try (password + "\nmore").write(toFile: file, atomically: true, encoding: .utf8)
        let pair = try await run(["call", "auth.login", email, "password=@" + file, "--json"], daemon: daemon)
        #expect(pair.status == 0)
        let token = try tree(pair.output)["access_token"]?.string ?? ""
        let claims = try await run(["call", "token.verify", "access_token=-"], daemon: daemon, input: token)
        #expect(claims.status == 0 && claims.output.contains("\"type\": \"access\""))
        let refused = try await run(["call", "auth.login", email, "password=-"], daemon: daemon, input: "wrong\n")
        #expect(refused.status == 1 && refused.errors.hasPrefix("INVALID_CREDENTIALS: "))
    }

    @Test("Trap 11: a line is taken as it was written, whoever ended it, and nothing that is no text")
    func lines() async throws {
        let daemon = try await Daemon()
        let directory = try ScratchDirectory()
        let (email, file) = ("email=ada@example.org", directory.path + "/password")
        let password = "grün = 日本 \u{1F600}\t@file"
        _ = try await run(["call", "user.register", email, "password=-"], daemon: daemon, input: password)
        for end in ["\r\n", "\n", "", "\r\nmore\n"] {
            try (password + end).write(toFile: file, atomically: true, encoding: .utf8)
            let read = try await run(["call", "auth.login", email, "password=@" + file], daemon: daemon)
            #expect(read.status == 0, "\(end.debugDescription): \(read.errors)")
            let typed = try await run(
                ["call", "auth.login", email, "password=-"], daemon: daemon, input: password + end)
            #expect(typed.status == 0, "\(end.debugDescription): \(typed.errors)")
        }
        // Two secrets are two lines, in the order of the arguments.
        let reader = ["call", "password.change_password", "access_token=@" + file, "new_password=-"]
        let pair = try await run(
            ["call", "auth.login", email, "password=-", "--json"], daemon: daemon, input: password)
        try (tree(pair.output)["access_token"]?.string ?? "").write(toFile: file, atomically: true, encoding: .utf8)
        let changed = try await run(
            reader + ["current_password=-"], daemon: daemon, input: "a new long phrase\n\(password)\n")
        #expect(changed.status == 0, "\(changed.errors)")
        try Data([0x63, 0x61, 0x66, 0xE9]).write(to: URL(fileURLWithPath: file))
        let bytes = try await run(["call", "auth.login", email, "password=@" + file], daemon: daemon)
        #expect(bytes.status == 64 && bytes.errors.contains("password must be UTF-8."), "\(bytes.errors)")
    }

    @Test("takes numbers, lists and null where a method wants them")
    func kinds() async throws {
        let daemon = try await Daemon()
        for params in [["limit=5"], ["limit=null"], ["{\"limit\":5}"], []] {
            let listed = try await run(["call", "admin.list_users"] + params, daemon: daemon)
            #expect(listed.status == 0, "\(params): \(listed.errors)")
        }
        let hooks = ["call", "hooks.subscribe", "events=[\"verification_email\"]", "prefetch=1"]
        #expect(try await run(hooks, daemon: daemon).status == 0)
        for param in ["limit=five", "limit="] {
            let refused = try await run(["call", "admin.list_users", param], daemon: daemon)
            #expect(refused.status == 64 && refused.errors.contains("limit must be JSON"), "\(refused.errors)")
        }
        let object = try await run(["call", "admin.list_users", "limit={\"a\":1}"], daemon: daemon)
        #expect(object.status == 1 && object.errors.hasPrefix("INVALID_PARAMS: "))
        let empty = try await run(["call", "auth.login", "email=", "password="], daemon: daemon)
        #expect(empty.status == 1 && empty.errors.hasPrefix("INVALID_CREDENTIALS: "))
    }

    @Test("says which method was meant when the daemon does not know it either")
    func unknown() async throws {
        let daemon = try await Daemon()
        let named = try await run(["call", "system.pnig"], daemon: daemon)
        #expect(named.status == 1 && named.errors.hasPrefix("METHOD_NOT_FOUND: "))
        #expect(named.errors.hasSuffix("Did you mean system.ping?\n"))
        let known = try await run(["call", "auth.login"], daemon: daemon)
        #expect(known.status == 1 && !known.errors.contains("Did you mean"))
        let forgotten = try await run(["call", "token.verify", "eyJhbGciOi"], daemon: daemon)
        #expect(forgotten.status == 64 && forgotten.errors.contains("must be NAME=VALUE each, or a JSON object"))
        #expect(!forgotten.errors.contains("eyJ"))
    }

    @Test("says which method or param was meant, before it asks for a password")
    func nearest() async throws {
        let method = try await run(["call", "auth.lgoin", "password=-"])
        #expect(method.status == 64 && method.errors.contains("Did you mean auth.login?"))
        let param = try await run(["call", "auth.login", "pasword=-"])
        #expect(param.status == 64 && param.errors.contains("Did you mean password?"))
        let ended = try await run(["call", "auth.login", "email=a", "password=-"])
        #expect(ended.status == 64 && ended.errors.contains("password was to come from standard input"))
        let twice = try await run(["call", "auth.login", "email=a", "email=b"])
        #expect(twice.status == 64 && twice.errors.contains("email is given twice"))
    }

    @Test(
        "Trap 25: the recipes for other tools do not lose an answer that comes late",
        arguments: ["socat -t 30 - \"UNIX:$socket\"", "nc -N -U \"$socket\""])
    func recipes(_ tool: String) async throws {
        let name = tool.prefix { $0 != " " }
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)") else { return }
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "12"])
        let line = #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["nobody@example.org","wrong password"]}"#
        daemon.process.send(SIGSTOP)
        let shell = try ChildProcess(
            "/bin/sh", ["-c", "printf '%s\\n' \"$json\" | \(tool)"],
            environment: ["json": line, "socket": daemon.socket], in: daemon.directory.path)
        // Longer than the half second that socat waits by itself.
        try await Task.sleep(for: .milliseconds(1500))
        #expect(shell.isRunning)
        daemon.process.send(SIGCONT)
        #expect(await shell.ended() == 0)
        #expect(try tree(shell.output)["error"]?["data"]?["code"] == "INVALID_CREDENTIALS")
    }

    @Test(
        "refuses wrong usage before it connects",
        arguments: [
            ["call"], ["call", "system.ping", "{"], ["call", "system.ping", "3"], ["nonsense"],
            ["ping", "--timeout", "0"],
            ["schema", "nonsense"],
        ])
    func usage(arguments: [String]) async throws {
        let result = try await run(arguments)
        #expect(result.status == 64 && result.output.isEmpty && result.errors.hasPrefix("Error: "))
    }

    @Test("A file that cannot be read is no wrong usage: one sentence, and status 1")
    func files() async throws {
        for arguments in [["call", "system.ping", "@/nonexistent"], ["users", "import", "/nonexistent"]] {
            let result = try await run(arguments)
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(result.errors == "mvp-auth: /nonexistent cannot be read: No such file or directory.\n")
        }
    }

    @Test("What only the daemon, or a terminal, could tell is one sentence, without how to use the whole program")
    func sentences() async throws {
        for arguments in [["top"], ["sessions", "revoke", "ada@example.org", "nonsense"]] {
            let result = try await run(arguments)
            #expect(result.status == 64 && result.errors.hasPrefix("Error: "))
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    }

    @Test(
        "Ends when nobody reads what it prints any more",
        arguments: ["top --json --interval 0.1", "users export", "users list --all --json", "metrics"])
    func closedPipe(command: String) async throws {
        let daemon = try await Daemon()
        let lines = (0..<2000).map { #"{"email":"user\#($0)@example.org"}"# + "\n" }
        let file = daemon.directory.path + "/users.jsonl"
        try lines.joined().write(toFile: file, atomically: true, encoding: .utf8)
        let environment = ["MVP_AUTH_SOCKET": "unix://" + daemon.socket, "PROGRAM": Products.path("mvp-auth")]
        let script = """
            cd \(daemon.directory.path)
            $PROGRAM users import users.jsonl >/dev/null || exit 9
            { $PROGRAM \(command); echo "$?" >status; } | head -n 1 >first
            cat status
            """
        let shell = try ChildProcess(
            "/bin/sh", ["-c", script], environment: environment, in: daemon.directory.path)
        #expect(await shell.ended(within: 60) == 0)
        // As by SIGPIPE, unless all of it fitted into the pipe.
        let isEndless = command.hasPrefix("top")
        let status = shell.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(status == "141" || (status == "0" && !isEndless), "\(status)")
        #expect(shell.errors.isEmpty, "\(shell.errors)")
    }

    @Test("says when the daemon is not there, and when it is")
    func ping() async throws {
        let away = try await run(["ping"])
        #expect(away.status == 69 && away.errors.hasPrefix("UNAVAILABLE: "))
        let daemon = try await Daemon()
        let here = try await run(["ping", "--json"], daemon: daemon)
        #expect(here.status == 0)
        #expect(try tree(here.output)["status"] == "ok")
    }

    @Test("shows the effective settings without a secret")
    func check() async throws {
        let good = try await run(
            ["check"],
            environment: [
                "AUTH_SECRET_KEY": String(repeating: "canary-", count: 7), "AUTH_ALGORITHM": "HS384",
                "AUTH_DATABASE_URL": "postgresql://user:canary@/x?password=canary",
            ])
        #expect(good.status == 0 && !good.output.contains("canary"))
        #expect(good.output.contains("HS384  (environment)") && good.output.contains("<secret>"))
        let directory = try ScratchDirectory()
        let file = directory.path + "/settings"
        try "AUTH_BCRYPT_COST=13\nAUTH_ALGORITHM=HS512\n".write(toFile: file, atomically: true, encoding: .utf8)
        let mixed = try await run(["check", "--config", file], environment: ["AUTH_ALGORITHM": "HS384"])
        #expect(mixed.output.contains("13  (configuration file)") && mixed.output.contains("HS384  (environment)"))
        let bad = try await run(["check"], environment: ["AUTH_ALGORITHM": "none"])
        #expect(bad.status == 78 && bad.errors.hasPrefix("mvp-auth: AUTH_ALGORITHM is \"none\" and must be one of"))
    }

    @Test("prints the documents that were generated", arguments: ["openrpc.json", "openapi.json", "rpc.md"])
    func documents(file: String) async throws {
        let kind = file == "rpc.md" ? "reference" : String(file.dropLast(".json".count))
        let printed = try await run(["schema", kind])
        let committed = try String(contentsOfFile: Products.source("../../docs/" + file), encoding: .utf8)
        #expect(printed.status == 0 && printed.output == committed)
    }

    @Test("fills the manual pages in")
    func manual() async throws {
        let directory = try ScratchDirectory()
        let programs = URL(fileURLWithPath: Products.path("mvp-auth")).deletingLastPathComponent().path
        let process = try ChildProcess(
            "/usr/bin/python3", [Products.source("../../Scripts/man-pages"), programs, directory.path + "/man"],
            in: directory.path)
        #expect(await process.ended() == 0, "\(process.errors)")
        let daemon = try String(contentsOfFile: directory.path + "/man/mvp-authd.8", encoding: .utf8)
        #expect(daemon.contains("AUTH_LIMIT_LINE_BYTES") && !daemon.contains("@SETTINGS@"))
        let methods = try String(contentsOfFile: directory.path + "/man/mvp-auth-rpc.7", encoding: .utf8)
        #expect(methods.contains("token.verify") && methods.contains("TOKEN_REUSE"))
    }

    @Test("completes in three shells", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) async throws {
        let script = try await run(["--generate-completion-script", shell])
        #expect(script.status == 0 && script.output.contains("token.verify"))
    }
}
