import Foundation
import StrictJSON
import Testing

/// What `mvp-auth check` finds is what the daemon refuses.
@Suite("Checking the settings")
struct CheckTests {
    private func check(
        _ environment: [String: String], _ arguments: [String] = [], in directory: ScratchDirectory
    ) async throws -> (status: Int32?, output: String, errors: String) {
        let process = try ChildProcess(
            Products.path("mvp-auth"), ["check"] + arguments,
            environment: [
                "MVP_AUTH_STATE_DIR": directory.path + "/state", "MVP_AUTH_RUNTIME_DIR": directory.path + "/run",
            ].merging(environment) { $1 }, in: directory.path)
        let status = await process.ended()
        return (status, process.output, process.errors)
    }

    @Test(
        "what the daemon refuses is found without starting it",
        arguments: [
            (["AUTH_ALGORITHM": "RS256"], "AUTH_PRIVATE_KEY_FILE must name a PEM private key."),
            (["AUTH_ALGORITHM": "RS256", "AUTH_PRIVATE_KEY_FILE": "/nonexistent"], "/nonexistent does not exist"),
            (["AUTH_ALGORITHM": "ES256", "AUTH_SECRET_KEY": "canary canary canary"], "PEM"),
            (["AUTH_DATABASE_URL": "mysql://ada:canary@h/x"], "names the store \"mysql\""),
            (["AUTH_DATABASE_URL": "host=h password=canary"], "AUTH_DATABASE_URL is no URL"),
            (["AUTH_DATABASE_URL": "host=h password=canary port=://x"], "AUTH_DATABASE_URL"),
            (["AUTH_DATABASE_URL": "sqlite:////nonexistent/x.db"], "The directory /nonexistent of the database"),
            (["MVP_AUTH_SOCKET_GROUP": "no-such-group"], "the group no-such-group does not exist"),
            (
                ["AUTH_EMAIL_SINK": "command", "AUTH_EMAIL_COMMAND": "/bin/true"],
                "run mvp-auth-mail --sink command with MVP_AUTH_MAIL_COMMAND, and set AUTH_EMAIL_SINK to socket here."
            ),
            (["AUTH_REQUIRE_EMAIL_VERIFICATION": "true"], "no email is sent"),
            (["AUTH_REQUIRE_EMAIL_VERIFICATION": "true", "AUTH_EMAIL_SINK": "none"], "no email is sent"),
            (["AUTH_SECRET_KEY_FILE": "/nonexistent"], "AUTH_SECRET_KEY_FILE: /nonexistent cannot be read."),
            (["AUTH_DATABASE_URL_FILE": "/nonexistent"], "AUTH_DATABASE_URL_FILE: /nonexistent cannot be read."),
            (["AUTH_APPS_FILE": "/nonexistent"], "AUTH_APPS_FILE: /nonexistent cannot be read."),
            (["AUTH_STRICT": "true", "AUTH_SECRET_KEY": "canary"], "HS256 needs 32"),
        ] as [([String: String], String)])
    func refusals(settings: [String: String], sentence: String) async throws {
        let directory = try ScratchDirectory().prepared()
        let found = try await check(settings, in: directory)
        #expect(found.status == 78 && found.errors.contains(sentence), "\(found.errors)")
        let daemon = try Daemon.launch(settings, in: directory, arguments: [])
        #expect(await daemon.ended() == 78)
        #expect(daemon.errors.contains(sentence), "\(daemon.errors)")
        #expect(!(found.errors + found.output + daemon.errors).contains("canary"))
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/state/key"))
    }

    @Test("everything that is wrong is said at once, and in the JSON too")
    func all() async throws {
        let directory = try ScratchDirectory().prepared()
        let settings = [
            "AUTH_ALGORITHM": "RS256", "AUTH_BCRYPT_COST": "99", "MVP_AUTH_SOCKET_GROUP": "no-such-group",
            "AUTH_DATABASE_URL": "mysql://h/x",
        ]
        let found = try await check(settings, ["--json"], in: directory)
        #expect(found.status == 78 && found.errors.split(separator: "\n").count == 4, "\(found.errors)")
        var scanner = JSONScanner()
        let list = try JSON(try scanner.scan(Array(found.output.utf8)))
        var errors: [String] = []
        var place = 0
        while let element = list[place] {
            if let error = element["error"]?.string { errors.append(error) }
            place += 1
        }
        #expect(errors.count == 4 && list[0]?["name"] != nil)
    }

    @Test("it shows what would be used")
    func effective() async throws {
        let directory = try ScratchDirectory().prepared()
        let found = try await check(["AUTH_PROFILE": "nist", "AUTH_MIN_PASSWORD_LENGTH": "8"], in: directory)
        #expect(found.status == 0, "\(found.errors)")
        func row(_ name: String) -> String {
            found.output.split(separator: "\n").first { $0.hasPrefix(name + " ") }.map(String.init) ?? ""
        }
        #expect(row("AUTH_MIN_PASSWORD_LENGTH").contains(" 15  "))
        #expect(row("AUTH_DATABASE_URL").contains("sqlite://\(directory.path)/state/auth.db"))
        #expect(row("AUTH_HASHING_THREADS").contains(" \(ProcessInfo.processInfo.activeProcessorCount)  "))
        #expect(row("AUTH_SESSION_IDLE_DAYS").contains(" 30  "))
        let long = try await check(["AUTH_REFRESH_TOKEN_EXPIRE_DAYS": "400"], in: directory)
        for name in ["AUTH_SESSION_IDLE_DAYS", "AUTH_SESSION_ABSOLUTE_DAYS"] {
            #expect(
                long.output.split(separator: "\n").contains { $0.hasPrefix(name) && $0.contains(" 400  (default)") })
        }
    }

    @Test("it says where the daemon that runs differs")
    func running() async throws {
        let daemon = try await Daemon(["AUTH_ACCESS_TOKEN_EXPIRE_MINUTES": "7"])
        let socket = ["MVP_AUTH_SOCKET": daemon.socket]
        let other = try await check(socket, ["--running"], in: daemon.directory)
        #expect(other.status == 1 && other.output.contains("900, but 420 in the daemon that runs"), "\(other)")
        let same = try await check(
            socket.merging(["AUTH_ACCESS_TOKEN_EXPIRE_MINUTES": "7"]) { $1 }, ["--running", "--json"],
            in: daemon.directory)
        #expect(same.status == 0 && same.output.contains("\"min_password_length\""), "\(same)")
        await daemon.stop()
        let away = try await check(socket, ["--running"], in: daemon.directory)
        #expect(away.status == 69)
        let info = try await Daemon(["AUTH_REFRESH_TOKEN_EXPIRE_DAYS": "90", "AUTH_COMMON_PASSWORDS": "allow"]).ask(
            #"{"jsonrpc":"2.0","id":1,"method":"system.info"}"#)
        #expect(info.contains("\"refresh_token_seconds\":7776000") && info.contains("\"common_passwords\":\"allow\""))
    }
}

/// Files and directories in the wrong hands.
@Suite("Owners and modes")
struct OwnershipTests {
    private func launch(
        _ settings: [String: String], _ arguments: [String] = [], in directory: ScratchDirectory
    ) async throws -> (status: Int32?, errors: String) {
        let process = try Daemon.launch(settings, in: directory, arguments: arguments)
        if await process.says("mvp-authd ready") {
            process.send(SIGTERM)
            _ = await process.ended()
            return (0, process.errors)
        }
        return (await process.ended(), process.errors)
    }

    @Test(
        "a file with power that others may write is refused; a secret that others may read too",
        arguments: [
            ("config", 0o600, true), ("config", 0o644, true), ("config", 0o666, false), ("config", 0o646, false),
            ("config", 0o664, false), ("apps", 0o644, true), ("apps", 0o662, false), ("apps", 0o620, false),
            ("key", 0o600, true), ("key", 0o640, true), ("key", 0o644, false), ("key", 0o666, false),
            ("key", 0o604, false), ("key", 0o660, false), ("url", 0o400, true), ("url", 0o644, false),
            ("pem", 0o640, true), ("pem", 0o644, false), ("credentials", 0o440, true), ("credentials", 0o444, false),
        ])
    func files(kind: String, mode: Int, isAccepted: Bool) async throws {
        let directory = try ScratchDirectory().prepared()
        let path = directory.path + "/file"
        var (settings, arguments): ([String: String], [String]) = ([:], [])
        var text = String(repeating: "k", count: 40)
        switch kind {
        case "config": (text, arguments) = ("AUTH_ISSUER=x", ["--config", path])
        case "apps": (text, settings) = (#"{"apps":[]}"#, ["AUTH_APPS_FILE": path])
        case "key": settings = ["AUTH_SECRET_KEY_FILE": path]
        case "url": (text, settings) = ("memory:", ["AUTH_DATABASE_URL_FILE": path])
        case "pem":
            let made = try ChildProcess(
                "/usr/bin/openssl", ["genpkey", "-algorithm", "ed25519"], in: directory.path)
            #expect(await made.ended() == 0)
            (text, settings) = (made.output, ["AUTH_PRIVATE_KEY_FILE": path, "AUTH_ALGORITHM": "EdDSA"])
        default: settings = ["CREDENTIALS_DIRECTORY": directory.path + "/credentials"]
        }
        var place = path
        if kind == "credentials" {
            try FileManager.default.createDirectory(
                atPath: directory.path + "/credentials", withIntermediateDirectories: true)
            place = directory.path + "/credentials/AUTH_SECRET_KEY"
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: place))
        chmod(place, mode_t(mode))
        let (status, errors) = try await launch(settings, arguments, in: directory)
        #expect(status == (isAccepted ? 0 : 78), "\(errors)")
        #expect(isAccepted || errors.contains("mode 0\(String(mode, radix: 8))"))
        guard !isAccepted else { return }
        // A symbolic link is judged by what it leads to.
        let link = place + ".link"
        try FileManager.default.moveItem(atPath: place, toPath: link)
        try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: link)
        #expect(try await launch(settings, arguments, in: directory).status == 78)
    }

    @Test("a file of another user's is refused", .enabled(if: Host.isRoot))
    func owner() async throws {
        let directory = try ScratchDirectory().prepared()
        let path = directory.path + "/key"
        try Data(String(repeating: "k", count: 40).utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)
        chown(path, 65_534, 65_534)
        let (status, errors) = try await launch(["AUTH_SECRET_KEY_FILE": path], in: directory)
        #expect(status == 78 && errors.contains("belongs to uid 65534"))
    }

    @Test(
        "a directory that others may write is refused, behind a link too",
        arguments: [("state", 0o777), ("state", 0o773), ("state", 0o1777), ("run", 0o777), ("run", 0o702)])
    func directories(name: String, mode: Int) async throws {
        let directory = try ScratchDirectory().prepared()
        let path = directory.path + "/" + name
        chmod(path, mode_t(mode))
        let (status, errors) = try await launch([:], in: directory)
        #expect(status == 78 && errors.contains(path) && errors.contains("everybody"), "\(errors)")
        try FileManager.default.moveItem(atPath: path, toPath: path + ".real")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".real")
        #expect(try await launch([:], in: directory).status == 78)
        chmod(path + ".real", 0o755)
        #expect(try await launch([:], in: directory).status == 0)
    }
}

/// A database that was there.
@Suite("A lost database")
struct LostDatabaseTests {
    @Test(
        "a start without anything makes one and says so; the next does not",
        arguments: [[:], ["AUTH_SECRET_KEY": String(repeating: "k", count: 40)]])
    func first(settings: [String: String]) async throws {
        let daemon = try await Daemon(settings)
        #expect(daemon.process.errors.contains("a new database was made"))
        await daemon.stop()
        let again = try await Daemon(settings, in: daemon.directory)
        #expect(!again.process.errors.contains("a new database was made"))
        await again.stop()
    }

    @Test(
        "a first start that fails before there is one is followed by a first start", arguments: [0, 1],
        ["", "trap '' XFSZ;"])
    func failedFirst(blocks: Int, signal: String) async throws {
        let directory = try ScratchDirectory().prepared()
        // No file may grow beyond so many blocks, which ends the daemon or is an error; what it says goes through a pipe.
        let daemonPath = Products.path("mvp-authd")
        let process = try Daemon.launch(
            [:], in: directory,
            arguments: ["-c", "(ulimit -f \(blocks); \(signal) exec '\(daemonPath)' --dev) 2>&1 | cat"],
            executable: "/bin/sh")
        _ = await process.ended()
        #expect(!process.output.contains("ready"), "\(process.output)")
        #expect(FileManager.default.fileExists(atPath: directory.path + "/state/auth.db.lock"))
        let daemon = try await Daemon(in: directory)
        #expect(await daemon.stop() == 0)
    }

    @Test(
        "one that is gone or emptied is refused until a new one is wanted",
        arguments: ["remove", "empty"], [[:], ["AUTH_SECRET_KEY": String(repeating: "k", count: 40)]])
    func lost(how: String, settings: [String: String]) async throws {
        let daemon = try await Daemon(settings)
        await daemon.stop()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: daemon.database + suffix) }
        if how == "remove" {
            try FileManager.default.removeItem(atPath: daemon.database)
        } else {
            try Data().write(to: URL(fileURLWithPath: daemon.database))
        }
        for _ in 0..<2 {
            let process = try Daemon.launch(settings, in: daemon.directory)
            #expect(await process.ended() == 78)
            #expect(
                process.errors.contains("The database \(daemon.database) is")
                    && process.errors.contains("--new-database"))
        }
        let new = try await Daemon(settings, in: daemon.directory, arguments: ["--dev", "--new-database"])
        #expect(new.process.errors.contains("a new database was made"))
        await new.stop()
        let next = try await Daemon(settings, in: daemon.directory)
        #expect(await next.stop() == 0)
    }
}
