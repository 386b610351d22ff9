import AuthAPI
import Foundation
import MVPAuth
import MVPAuthClient
import StrictJSON
import Testing

/// What an operator sees of emails, and does with them, with the real daemon, command line and mailer.
@Suite("Messages as operators see them")
struct MessageTests {
    private static let password = Secret("correct horse battery")

    /// Nobody is subscribed, so that messages stay where they are.
    private func daemon(
        in directory: ScratchDirectory, _ settings: [String: String] = [:], arguments: [String] = []
    ) async throws -> Daemon {
        try await Daemon(
            ["AUTH_EMAIL_SINK": "socket"].merging(settings) { $1 }, in: directory, arguments: arguments)
    }

    private func run(
        _ daemon: Daemon, _ arguments: [String]
    ) async throws -> (status: Int32?, output: String, errors: String) {
        let process = try ChildProcess(
            Products.path("mvp-auth"), arguments, environment: ["MVP_AUTH_SOCKET": "unix://" + daemon.socket],
            in: daemon.directory.path)
        let status = await process.ended()
        return (status, process.output, process.errors)
    }

    /// The objects of `--json`, one a line.
    private func objects(_ daemon: Daemon, _ arguments: [String]) async throws -> [JSON] {
        let result = try await run(daemon, ["messages"] + arguments + ["--json"])
        #expect(result.status == 0, "\(arguments): \(result.output)\(result.errors)")
        return try result.output.split(separator: "\n").map { try JSON.read(Array($0.utf8)) }
    }

    /// A mailer that puts each event on a line of a file, or does whatever else a script says.
    private func mailer(_ daemon: Daemon, _ script: String) async throws -> ChildProcess {
        let path = daemon.directory.path + "/sender"
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let mailer = try ChildProcess(
            Products.path("mvp-auth-mail"), [],
            environment: [
                "MVP_AUTH_SOCKET": "unix://" + daemon.socket, "MVP_AUTH_MAIL_SINK": "command",
                "MVP_AUTH_MAIL_COMMAND": path,
            ], in: daemon.directory.path)
        let isReady = await mailer.says("mvp-auth-mail ready")
        #expect(isReady, "\(mailer.errors)")
        return mailer
    }

    @Test("a message is listed, shown, dropped and had sent again, and no token is ever shown")
    func hand() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        let client = daemon.client()
        let user = try await client.register(email: "ada@example.org", password: Self.password)
        try await client.forgotPassword(email: "nobody@example.org")
        let all = try await objects(daemon, ["list"])
        #expect(all.count == 2 && all.allSatisfy { $0["token"] == nil && $0["link"] == nil })
        let nobody = try #require(all.first { $0["address"] == "nobody@example.org" })
        #expect(nobody["state"] == "done" && nobody["user_id"] == nil)
        let mine = try await objects(daemon, ["list", "--user", user.id.description])
        let id = try #require(mine.first?["id"]?.string)
        #expect(mine.count == 1 && mine[0]["state"] == "pending" && mine[0]["kind"] == "verification_email")

        let table = try await run(daemon, ["messages", "list", "--state", "pending"])
        #expect(table.output.contains("ada@example.org") && !table.output.contains("nobody@example.org"))
        #expect(table.output.split(separator: "\n").first?.hasPrefix("ID ") == true)
        let shown = try await run(daemon, ["messages", "show", id])
        #expect(shown.status == 0 && shown.output.contains("never") && !shown.output.contains("eyJ"))

        let unsure = try await run(daemon, ["messages", "drop", id])
        #expect(unsure.status == 64 && unsure.errors.contains("--yes"))
        let dropped = try await objects(daemon, ["drop", id, "--yes"])
        #expect(dropped[0]["state"] == "dead" && dropped[0]["last_error"] == "dropped by an operator")
        #expect(try await objects(daemon, ["list", "--state", "dead"]).map { $0["id"] } == [.string(id)])
        let retried = try await run(daemon, ["messages", "retry", id])
        #expect(retried.status == 0 && retried.output == "verification_email to ada@example.org is due now.\n")
        #expect(try await objects(daemon, ["show", id])[0]["state"] == "pending")

        let done = try await run(daemon, ["messages", "retry", try #require(nobody["id"]?.string)])
        #expect(done.status == 1 && done.errors.contains("message_id is of a message that was handed over"))
        for wrong in [["show", "x"], ["list", "--state", "lost"], ["list", "--limit", "0"]] {
            let result = try await run(daemon, ["messages"] + wrong)
            #expect(result.status == 64, "\(wrong)")
        }
    }

    @Test("a list longer than a page is read to its end, and a cursor is of one list only")
    func pages() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        for number in 0..<5 {
            _ = try await objects(daemon, ["send-test", "user\(number)@example.org"])
        }
        let few = try await run(daemon, ["messages", "list", "--limit", "3"])
        #expect(few.errors == "There are more: --limit shows them.\n")
        #expect(try await objects(daemon, ["list", "--limit", "3"]).count == 3)
        func page(_ params: JSON) async throws -> JSON {
            let line: JSON = ["jsonrpc": "2.0", "id": 1, "method": "admin.list_messages", "params": params]
            return try JSON.read(Array(try await daemon.ask(String(decoding: line.text, as: UTF8.self)).utf8))
        }
        var params: JSON = ["limit": 2]
        var seen: [String] = []
        for _ in 0..<3 {
            let reply = try await page(params)
            for message in reply.at("result", "messages")?.elements ?? [] {
                seen.append(try #require(message["address"]?.string))
            }
            params["cursor"] = reply.at("result", "next")
        }
        #expect(seen == (0..<5).reversed().map { "user\($0)@example.org" } && params["cursor"] == nil)
        let cursor = try #require(try await page(["limit": 2]).at("result", "next"))
        for wrong: JSON in [["cursor": cursor, "state": "dead"], ["cursor": "AAAA"]] {
            #expect(try await page(wrong).at("error", "data", "fields")?[0]?["path"] == "cursor")
        }
    }

    @Test("a test message goes the way of all messages, and what became of it is said")
    func sendTest() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        let file = directory.path + "/events"
        let nobody = try await run(daemon, ["messages", "send-test", "ops@example.org", "--wait", "1"])
        #expect(nobody.status == 1 && nobody.errors.hasPrefix("It was not taken: nobody has taken it yet."))
        do {
            let mailer = try await mailer(daemon, "cat >> \(file)")
            let sent = try await run(daemon, ["messages", "send-test", "ops@bücher.example", "--wait", "20"])
            #expect(sent.status == 0 && sent.output == "It was taken.\n", "\(sent.errors)")
            for event in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
                let json = try JSON.read(Array(event.utf8))
                #expect(json["event"] == "test_email" && json["token"] == nil && json["user_id"] == nil)
            }
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains("ops@xn--bcher-kva.example"))
            mailer.send(SIGTERM)
            #expect(await mailer.ended() == 0)
        }
        let mailer = try await mailer(daemon, "echo 550 no such user >&2; exit 75")
        let refused = try await run(daemon, ["messages", "send-test", "ops@example.org", "--wait", "20"])
        #expect(refused.status == 1 && refused.errors.contains("550 no such user"), "\(refused.errors)")
        mailer.send(SIGTERM)
        _ = await mailer.ended()
        let stats = try JSON.read(
            Array(try await daemon.ask(#"{"jsonrpc":"2.0","id":1,"method":"system.stats"}"#).utf8))
        let counts = try #require(stats.at("result", "messages"))
        #expect(counts["enqueued"] == 3 && counts["success"] == 2)
        #expect((counts["retry"]?.int ?? 0) >= 1 && (counts["handed_over"]?.int ?? 0) >= 3)
    }

    @Test("health tells operators what waits and whether anybody sends it, and nobody else")
    func health() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        _ = try await daemon.client().register(email: "ada@example.org", password: Self.password)
        func health(_ restriction: String = "") async throws -> JSON {
            let wire = try WireSocket(unix: daemon.socket)
            try await wire.send(
                """
                {"jsonrpc":"2.0","id":0,"method":"system.hello","params":{\(restriction)}}
                {"jsonrpc":"2.0","id":1,"method":"system.health"}

                """)
            _ = try await wire.line()
            return try JSON.read(Array(try await wire.line().utf8))["result"] ?? .null
        }
        let first = try await health()
        #expect(first.at("messages", "pending") == 1 && first.at("messages", "dead") == 0)
        #expect(first.at("messages", "subscribed") == false && first["notes"] == .array([]))
        #expect(try await health(#""roles":["client","trusted","hooks"]"#) == ["status": "ok", "store": "ok"])
        // What it would be a minute later.
        let made = try await objects(daemon, ["list"])
        #expect(made.count == 1)
        await daemon.stop()
        try await sql("UPDATE auth_messages SET created_at = created_at - 100000000", directory)
        let again = try await self.daemon(in: directory)
        let noted = try await run(again, ["ping"])
        #expect(noted.status == 0 && noted.output.contains("Note: One email waits for 1"), "\(noted.output)")
        #expect(noted.output.contains("nobody is subscribed"))
        let service = try await HTTPService(again)
        let ready = try await service.send("GET", "/readyz")
        #expect(ready.status == 200 && ready.text == #"{"status":"ok"}"#)
        let mailer = try await mailer(again, "exec sleep 5")
        // The count is good for a second.
        try await Task.sleep(for: .milliseconds(1200))
        let quiet = try await run(again, ["ping", "--json"])
        #expect(try JSON.read(Array(quiet.output.utf8))["notes"] == .array([]), "\(quiet.output)")
        mailer.send(SIGKILL)
        _ = await mailer.ended()
    }

    private func sql(_ statement: String, _ directory: ScratchDirectory) async throws {
        let script = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()"
        let process = try ChildProcess(
            "/usr/bin/python3", ["-c", script, directory.path + "/state/auth.db", statement], in: directory.path)
        #expect(await process.ended() == 0, "\(process.errors)")
    }

    @Test("what an address may not have any more is counted, and is in no list")
    func suppressed() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory)
        for _ in 0..<3 { try await daemon.client().forgotPassword(email: "nobody@example.org") }
        let stats = try JSON.read(
            Array(try await daemon.ask(#"{"jsonrpc":"2.0","id":1,"method":"system.stats"}"#).utf8))
        #expect(stats.at("result", "messages", "suppressed") == 2 && stats.at("result", "messages", "enqueued") == 0)
        #expect(try await objects(daemon, ["list"]).count == 1)
    }

    @Test("watching shows each change, in development with the link")
    func watch() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await daemon(in: directory, arguments: ["--dev"])
        _ = try await daemon.client().register(email: "ada@example.org", password: Self.password)
        let watch = try ChildProcess(
            Products.path("mvp-auth"), ["messages", "watch", "--interval", "0.1"],
            environment: ["MVP_AUTH_SOCKET": "unix://" + daemon.socket], in: directory.path)
        let waits = await watch.says("verification_email to ada@example.org  pending\n")
        #expect(waits, "\(watch.errors)")
        let mailer = try await mailer(daemon, "cat > /dev/null")
        let isDone = await watch.says("done\n  http://127.0.0.1:8080/verify-email?token=eyJ")
        #expect(isDone, "\(watch.output)")
        for process in [mailer, watch] {
            process.send(SIGTERM)
            _ = await process.ended()
        }
    }

    @Test("a daemon in production keeps no mailbox, and one in development keeps it from the apps")
    func mailbox() async throws {
        let line = #"{"jsonrpc":"2.0","id":1,"method":"hooks.list_mailbox"}"#
        let directory = try ScratchDirectory()
        let production = try await daemon(in: directory)
        #expect(try await production.ask(line).contains("PERMISSION_DENIED"))
        let daemon = try await Daemon()
        _ = try await daemon.client().register(email: "ada@example.org", password: Self.password)
        let token = try await daemon.mailedToken(.verification, to: "ada@example.org")
        let kept = try await daemon.ask(line)
        #expect(kept.contains("http://127.0.0.1:8080/verify-email?token=\(token.reveal())"))
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send(
            #"{"jsonrpc":"2.0","id":0,"method":"system.hello","params":{"roles":["client","trusted","admin"]}}"# + "\n"
                + line + "\n")
        _ = try await wire.line()
        #expect(try await wire.line().contains("PERMISSION_DENIED"))
    }
}
