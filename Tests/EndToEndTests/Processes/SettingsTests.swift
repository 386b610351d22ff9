import Foundation
import MVPAuth
import MVPAuthClient
import StrictJSON
import Testing

/// What the programs make of their settings' files and variables.
@Suite("Settings of the programs")
struct SettingsTests {
    private func file(_ text: String, in directory: ScratchDirectory, name: String = "settings") throws -> String {
        let path = directory.path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Runs a program that is expected to end, and gives its status and its lines.
    private func end(
        _ product: String, _ arguments: [String], _ environment: [String: String] = [:], in directory: ScratchDirectory
    ) async throws -> (status: Int32?, output: String, errors: [String]) {
        let process = try ChildProcess(
            Products.path(product), arguments, environment: environment, in: directory.path)
        let status = await process.ended()
        return (status, process.output, process.errors.split(separator: "\n").map(String.init))
    }

    @Test("a file with CRLF and a byte order mark is in force as a whole")
    func foreignEditor() async throws {
        let directory = try ScratchDirectory().prepared()
        let text =
            "\u{FEFF}AUTH_ISSUER='https://a.example'\r\nAUTH_REQUIRE_EMAIL_VERIFICATION=true\r\nAUTH_STRICT=true\r\n"
        let path = try file(text, in: directory)
        let daemon = try await Daemon([:], in: directory, arguments: ["--dev", "--config", path])
        _ = try await daemon.ask(
            #"{"jsonrpc":"2.0","id":1,"method":"user.register","params":["ada@example.org","correct horse battery"]}"#)
        let login = try await daemon.ask(
            #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["ada@example.org","correct horse battery"]}"#)
        #expect(login.contains("EMAIL_NOT_VERIFIED"))
        await daemon.stop()
        let refused = try await end(
            "mvp-authd", ["--dev", "--config", path],
            [
                "MVP_AUTH_RUNTIME_DIR": directory.path + "/run", "MVP_AUTH_STATE_DIR": directory.path + "/state",
                "AUTH_SECRET_KEY": "short",
            ], in: directory)
        #expect(refused.status == 78, "AUTH_STRICT of the file counts")
    }

    @Test("the same file is wrong for all three, with status 78 and a line for each fault")
    func oneReader() async throws {
        let directory = try ScratchDirectory().prepared()
        let path = try file("AUTH_BCRYPT_COST=4\nexport AUTH_ISSUER=x\n[x]\nAUTH_ISUER=y\nnonsense\n", in: directory)
        for (product, arguments) in [
            ("mvp-authd", ["--config", path]), ("mvp-auth", ["check", "--config", path]),
        ] {
            let (status, _, lines) = try await end(product, arguments, in: directory)
            #expect(status == 78 && lines.count == 4, "\(lines)")
            for (line, part) in [(2, "shell"), (3, "section"), (4, "AUTH_ISSUER"), (5, "NAME=value")] {
                #expect(lines.contains { $0.hasPrefix("\(product): \(path), line \(line): ") && $0.contains(part) })
            }
        }
        let (status, _, lines) = try await end("mvp-auth-http", ["--config", path], in: directory)
        #expect(status == 78 && lines.count == 5, "\(lines)")
        let sentence =
            "mvp-auth-http: \(path), line 1: AUTH_BCRYPT_COST is a setting of mvp-authd, not of mvp-auth-http."
        #expect(lines.contains(sentence))
        let missing = try await end("mvp-auth-http", ["--config", "/nonexistent"], in: directory)
        #expect(
            missing.status == 78
                && missing.errors == [
                    "mvp-auth-http: The configuration file /nonexistent cannot be read. It does not exist."
                ])
    }

    @Test("the shim serves by its file; an option wins over the environment, and that over the file")
    func shim() async throws {
        let daemon = try await Daemon()
        let path = try file(
            "MVP_AUTH_HTTP_PREFIX=/file\r\nMVP_AUTH_SOCKET=\"unix://\(daemon.socket)\"\r\nMVP_AUTH_HTTP_LISTEN=127.0.0.1:0\r\n",
            in: daemon.directory)
        for (arguments, environment, prefix) in [
            ([], [:], "/file"), ([], ["MVP_AUTH_HTTP_PREFIX": "/variable"], "/variable"),
            (["--prefix", "/option"], ["MVP_AUTH_HTTP_PREFIX": "/variable"], "/option"),
        ] as [([String], [String: String], String)] {
            let process = try ChildProcess(
                Products.path("mvp-auth-http"), ["--config", path] + arguments, environment: environment,
                in: daemon.directory.path)
            #expect(await process.says("\(prefix) (try"), "\(process.errors)")
            process.send(SIGTERM)
            #expect(await process.ended() == 0)
        }
        let wrong = try await end(
            "mvp-auth-http", ["--listen", "8080", "--prefix", "auth"], ["MVP_AUTH_HTTP_INCLUDE": "nothing"],
            in: daemon.directory)
        #expect(wrong.status == 78 && wrong.errors.count == 3, "\(wrong.errors)")
        #expect(
            wrong.errors.contains { $0.hasPrefix("mvp-auth-http: MVP_AUTH_HTTP_INCLUDE: There is no route or group") })
    }

    @Test("an unknown name in the environment is logged, and refused by a strict daemon")
    func environment() async throws {
        let daemon = try await Daemon(["AUTH_ISUER": "x"])
        #expect(daemon.process.errors.contains("There is no setting AUTH_ISUER; the nearest is AUTH_ISSUER."))
        await daemon.stop()
        let process = try Daemon.launch(["AUTH_ISUER": "x", "AUTH_STRICT": "1"], in: daemon.directory)
        #expect(await process.ended() == 78)
    }

    @Test("a common password is refused, unless they are allowed", arguments: ["refuse", "allow", nil])
    func commonPasswords(setting: String?) async throws {
        let daemon = try await Daemon(setting.map { ["AUTH_COMMON_PASSWORDS": $0] } ?? [:])
        let auth = daemon.client()
        let password = Secret("password123")
        if setting == "allow" {
            _ = try await auth.register(email: "ada@example.org", password: password)
            _ = try await auth.login(email: "ada@example.org", password: password)
        }
        do throws(AuthClientError) {
            // The length is another rule.
            let short = Secret("passwor")
            _ = try await auth.register(email: "eve@example.org", password: setting == "allow" ? short : password)
            Issue.record("it was taken")
        } catch {
            #expect(error.known == .passwordValidation)
        }
        await auth.close()
        await daemon.stop()
    }

    @Test("a key file is the same key with any line end, and no key with a second line")
    func keyFiles() async throws {
        let directory = try ScratchDirectory().prepared()
        let key = String(repeating: "k", count: 40)
        var token = ""
        for end in ["", "\n", "\r\n", "\r"] {
            let path = try file(key + end, in: directory, name: "key")
            chmod(path, 0o600)
            let daemon = try await Daemon(["AUTH_SECRET_KEY_FILE": path], in: directory)
            let auth = daemon.client()
            if token.isEmpty {
                _ = try await auth.register(email: "ada@example.org", password: Secret("correct horse battery"))
                let pair = try await auth.login(email: "ada@example.org", password: Secret("correct horse battery"))
                token = pair.accessToken.reveal()
            }
            let answer = try await daemon.ask(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"token.verify\",\"params\":{\"access_token\":\"\(token)\"}}")
            #expect(answer.contains("\"result\""), "\(end.debugDescription)")
            await auth.close()
            await daemon.stop()
        }
        let path = try file(key + "\n" + key, in: directory, name: "key")
        chmod(path, 0o600)
        let process = try Daemon.launch(["AUTH_SECRET_KEY_FILE": path], in: directory)
        #expect(await process.ended() == 78)
        #expect(process.errors.contains("AUTH_SECRET_KEY_FILE: \(path) holds more than one line"))
    }

    @Test(
        "the packaged files are accepted with every line uncommented",
        arguments: ["mvp-authd", "mvp-auth-http", "mvp-auth-mail"])
    func packagedFiles(program: String) async throws {
        let directory = try ScratchDirectory().prepared()
        let programs = URL(fileURLWithPath: Products.path(program)).deletingLastPathComponent().path
        let script = try ChildProcess(
            "/usr/bin/python3", [Products.source("../../Scripts/default-config"), programs, program],
            in: directory.path)
        #expect(await script.ended() == 0, "\(script.errors)")
        let lines = script.output.split(separator: "\n").map(String.init)
        let settings = lines.filter { $0.hasPrefix("#") && !$0.hasPrefix("# ") }
        #expect(settings.count >= 3 && settings.allSatisfy { $0.contains("=") })
        let path = try file(
            lines.map { settings.contains($0) ? String($0.dropFirst()) : $0 }.joined(separator: "\n"), in: directory)
        if program == "mvp-authd" {
            let environment = ["MVP_AUTH_STATE_DIR": directory.path + "/state", "MVP_AUTH_RUNTIME_DIR": directory.path]
            let checked = try await end("mvp-auth", ["check", "--config", path], environment, in: directory)
            #expect(checked.status == 0, "\(checked.errors)")
            let daemon = try await Daemon([:], in: directory, arguments: ["--config", path])
            #expect(await daemon.stop() == 0)
        } else {
            let flag = program == "mvp-auth-http" ? "--check" : "--settings"
            let checked = try await end(program, [flag, "--config", path], in: directory)
            #expect(checked.status == 0, "\(checked.errors)")
        }
    }
}
