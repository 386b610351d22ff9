import Foundation
import MVPAuth
import StrictJSON
import Testing

@Suite("Handing emails over")
struct EmailTests {
    private let register =
        #"{"jsonrpc":"2.0","id":1,"method":"user.register","params":["ada@example.org","correct horse battery"]}"#

    /// A program that a daemon runs for each message.
    private func program(_ body: String, in directory: ScratchDirectory) throws -> String {
        let path = directory.path + "/send"
        try "#!/bin/sh\n\(body)\n".write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, 0o700)
        return path
    }

    private func contents(of path: String) async throws -> String {
        for _ in 0..<1000 {
            if let text = try? String(contentsOfFile: path, encoding: .utf8), text.hasSuffix("done\n") { return text }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw DaemonFailure(description: "the program did not write \(path)")
    }

    @Test("a program gets the event on its standard input, and nothing else of ours")
    func command() async throws {
        let directory = try ScratchDirectory()
        let out = directory.path + "/mail"
        let path = try program(
            "{ cat; echo \"arguments: $*\"; env | sort; ls /proc/self/fd | tr '\\n' ' '; echo; ps -o pgid= -p $$ | tr -d ' '; echo $$; echo done; } > \(out)",
            in: directory)
        let daemon = try await Daemon(
            [
                "AUTH_EMAIL_SINK": "command", "AUTH_EMAIL_COMMAND": path + " --to list",
                "AUTH_SECRET_KEY": "canary-canary-canary-canary-canary-1",
            ], in: directory, arguments: [])
        _ = try await daemon.ask(register)
        let text = try await contents(of: out)
        let lines = text.split(separator: "\n").map(String.init)
        var scanner = JSONScanner()
        let event = try JSON(try scanner.scan(Array(lines[0].utf8)))
        #expect(event["event"] == "verification_email" && event["email"] == "ada@example.org")
        let token = try #require(event["token"]?.string)
        #expect(event["user_id"] != nil && event["expires_at"] != nil)
        #expect(lines[1] == "arguments: --to list")
        #expect(
            !text.contains("canary") && !text.contains("AUTH_") && !lines.dropFirst().contains { $0.contains(token) })
        let group = lines.suffix(3).map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(group[0] == group[1], "a process group of its own")
        #expect(try #require(lines.first { $0.hasPrefix("0 1 2") }).split(separator: " ").count <= 4)
        let verified = try await daemon.ask(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"user.verify_email\",\"params\":[\"\(token)\"]}")
        #expect(verified.contains("\"is_verified\":true"))
    }

    @Test("a program that fails or is gone harms nobody, and is noted without a secret", arguments: [true, false])
    func failing(isGone: Bool) async throws {
        do {
            let directory = try ScratchDirectory()
            let path = try program("exit 1", in: directory)
            let daemon = try await Daemon(
                ["AUTH_EMAIL_SINK": "command", "AUTH_EMAIL_COMMAND": path], in: directory, arguments: [])
            if isGone { try FileManager.default.removeItem(atPath: path) }
            #expect(try await daemon.ask(register).contains("\"email\":\"ada@example.org\""))
            for _ in 0..<400 where !daemon.process.errors.contains("was not taken") {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(daemon.process.errors.contains("was not taken"))
            #expect(!daemon.process.errors.contains("eyJ"))
            #expect(await daemon.stop() == 0)
        }
    }

    @Test(
        "a slow program does not keep the daemon from stopping, and what it had not taken goes out after the next start"
    )
    func slowStop() async throws {
        let directory = try ScratchDirectory()
        let path = try program("exec sleep 20", in: directory)
        let daemon = try await Daemon(
            ["AUTH_EMAIL_SINK": "command", "AUTH_EMAIL_COMMAND": path], in: directory, arguments: [])
        for index in 0..<30 {
            _ = try await daemon.ask(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"user.register\","
                    + "\"params\":[\"u\(index)@example.org\",\"correct horse battery\"]}")
        }
        let start = ContinuousClock.now
        #expect(await daemon.stop() == 0)
        #expect(ContinuousClock.now - start < .seconds(15))
        let quick = try program("cat >> \(directory.path)/mail", in: directory)
        let next = try await Daemon(
            ["AUTH_EMAIL_SINK": "command", "AUTH_EMAIL_COMMAND": quick], in: directory, arguments: [])
        func addresses() -> Set<String> {
            let text = (try? String(contentsOfFile: directory.path + "/mail", encoding: .utf8)) ?? ""
            return Set(text.matches(of: /"email":"([^"]+)"/).map { String($0.1) })
        }
        for _ in 0..<2000 where addresses().count < 30 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(addresses().count == 30)
        #expect(await next.stop() == 0)
    }

    @Test("what was queued just before the stop is handed over after the next start")
    func lastMail() async throws {
        let directory = try ScratchDirectory()
        let path = try program("cat >> \(directory.path)/mail; echo done >> \(directory.path)/mail", in: directory)
        let daemon = try await Daemon(
            ["AUTH_EMAIL_SINK": "command", "AUTH_EMAIL_COMMAND": path], in: directory, arguments: [])
        _ = try await daemon.ask(register)
        #expect(await daemon.stop() == 0)
        let next = try await Daemon(
            ["AUTH_EMAIL_SINK": "command", "AUTH_EMAIL_COMMAND": path], in: directory, arguments: [])
        defer { _ = next }
        #expect(try await contents(of: directory.path + "/mail").contains("verification_email"))
    }

    @Test("what a failing program says first is in the log, on one line and without the token")
    func complaint() async throws {
        let directory = try ScratchDirectory()
        let path = try program(
            """
            read -r event
            token=$(echo "$event" | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
            printf '\\n\\033[31mrelay refused: token=%s\\n' "$token" >&2
            head -c 200000 /dev/zero | tr '\\0' x >&2
            exit 3
            """, in: directory)
        let daemon = try await Daemon(
            ["AUTH_EMAIL_SINK": "command", "AUTH_EMAIL_COMMAND": path], in: directory, arguments: [])
        _ = try await daemon.ask(register)
        for _ in 0..<2000 where !daemon.process.errors.contains("was not taken") {
            try await Task.sleep(for: .milliseconds(5))
        }
        let line = daemon.process.errors.split(separator: "\n").first { $0.contains("was not taken") } ?? ""
        #expect(line.contains("exited(3)") && line.contains("relay refused: <hidden>"), "\(daemon.process.errors)")
        #expect(!daemon.process.errors.contains("eyJ") && !daemon.process.errors.contains("xxxx"))
        #expect(!daemon.process.errors.contains("\u{1B}"))
    }
}
