import Contract
import Foundation
import MVPAuth
import StrictJSON
import Testing

@Suite("The command line on accounts")
struct AccountCommandTests {
    private func run(
        _ arguments: String..., on daemon: Daemon, input: String? = nil
    ) async throws -> (status: Int32?, output: String, errors: String) {
        let directory = try ScratchDirectory()
        // As applications have it: admin.sock lies beside.
        let environment = ["MVP_AUTH_SOCKET": "unix://" + daemon.socket]
        let process = try ChildProcess(
            Products.path("mvp-auth"), arguments, environment: environment, in: directory.path, input: input)
        let status = await process.ended()
        return (status, process.output, process.errors)
    }

    private func objects(_ text: String) throws -> [JSON] {
        try text.split(separator: "\n").map { try JSON.read(Array($0.utf8)) }
    }

    @Test("an account is made, found, shown, changed, kept out and deleted")
    func life() async throws {
        let daemon = try await Daemon()
        let password = "correct horse battery"
        let added = try await run("users", "add", "Ada@example.org", "--verified", on: daemon, input: password + "\n")
        #expect(added.status == 0 && added.output.hasPrefix("ada@example.org was created: "), "\(added.errors)")
        #expect(!(added.output + added.errors).contains(password))
        let app = daemon.client()
        let pair = try await app.login(email: "ada@example.org", password: Secret(password))
        let shown = try await run("users", "show", "ADA@example.org", on: daemon)
        #expect(shown.status == 0 && shown.output.contains("live sessions     1\n"))
        #expect(shown.output.contains("last login        just now\n") && shown.output.contains("bcrypt, set just now"))
        let sessions = try await run("sessions", "list", "--user", "ada@example.org", "--json", on: daemon)
        let session = try #require(try objects(sessions.output).first)
        #expect(session["is_revoked"] == .bool(false))

        let id = try #require(session["user_id"]?.string)
        let edited = try await run("users", "edit", id, "--email", "eve@example.org", "--json", on: daemon)
        #expect(try objects(edited.output).first?["is_verified"] == .bool(false))
        let back = try await run("users", "edit", id, "--email", "ada@example.org", "--verified", on: daemon)
        #expect(back.status == 0 && back.output == "ada@example.org was changed.\n")
        _ = try await app.verify(accessToken: pair.accessToken)
        let revoked = try await run(
            "sessions", "revoke", id, try #require(session["id"]?.string), on: daemon)
        #expect(revoked.status == 0)
        await #expect(throws: (any Error).self) { try await app.verify(accessToken: pair.accessToken) }

        let set = try await run("users", "set-password", id, on: daemon, input: "a different phrase\n")
        #expect(set.status == 0 && set.output == "Password changed.\n")
        _ = try await app.login(email: "ada@example.org", password: Secret("a different phrase"))
        let ended = try await run("users", "sign-out", id, on: daemon)
        #expect(ended.output == "1 session(s) ended.\n")
        #expect(try await run("users", "disable", id, on: daemon).status == 0)
        await #expect(throws: (any Error).self) {
            try await app.login(email: "ada@example.org", password: Secret("a different phrase"))
        }
        let inactive = try await run("users", "set-password", id, "--send-reset", on: daemon)
        #expect(inactive.status == 1 && inactive.errors.hasPrefix("USER_INACTIVE"))
        #expect(try await run("users", "enable", id, on: daemon).status == 0)
        let reset = try await run("users", "set-password", id, "--send-reset", on: daemon)
        #expect(reset.status == 0)
        _ = try await daemon.mailedToken(.passwordReset, to: "ada@example.org")

        let asked = try await run("users", "delete", id, on: daemon)
        #expect(asked.status == 64 && asked.errors.contains("--yes"))
        #expect(try await run("users", "show", id, on: daemon).status == 0)
        let deleted = try await run("users", "delete", id, "--yes", on: daemon)
        #expect(deleted.status == 0 && deleted.output == "ada@example.org was deleted.\n")
        let gone = try await run("users", "show", id, on: daemon)
        #expect(gone.status == 1 && gone.errors.hasPrefix("USER_NOT_FOUND"))
        await app.close()
    }

    @Test("lists are tables for people and lines of JSON for programs, as many as were asked for")
    func lists() async throws {
        let daemon = try await Daemon()
        for index in 0..<5 {
            let added = try await run("users", "add", "user\(index)@example.org", "--no-password", on: daemon)
            #expect(added.status == 0, "\(added.errors)")
        }
        let table = try await run("users", "list", on: daemon)
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 6 && lines[0].hasPrefix("EMAIL") && lines[1].hasPrefix("user4@example.org  unverified"))
        #expect(!table.output.contains("\u{1B}"))
        let some = try await run("users", "list", "user", "--limit", "2", "--json", on: daemon)
        #expect(try objects(some.output).map { $0["email"]?.string } == ["user4@example.org", "user3@example.org"])
        #expect(some.errors.contains("--all"))
        let all = try await run("users", "list", "--all", "--json", on: daemon)
        #expect(try objects(all.output).count == 5 && all.errors.isEmpty)
        let dated = try await run("users", "list", "user1@", "--absolute", on: daemon)
        #expect(dated.output.contains("T") && !dated.output.contains("just now"))
        let none = try await run("users", "list", "--status", "inactive", on: daemon)
        #expect(none.status == 0 && none.output.isEmpty)
        let apps = try await run("apps", on: daemon)
        #expect(apps.status == 0 && apps.output.hasPrefix("APP"))
    }

    @Test(
        "wrong usage is said before anything is done",
        arguments: [
            ["users", "edit", "ada@example.org"], ["users", "add", "ada@example.org", "--id", "7", "--no-password"],
            ["users", "add", "a@example.org", "--hash", "--no-password"], ["sessions", "list"],
            ["users", "list", "--limit", "0"], ["users", "list", "--status", "odd"], ["sessions", "revoke", "a", "b"],
            ["users", "add", "ada@example.org", "--password", "secret"],
        ])
    func usage(arguments: [String]) async throws {
        let directory = try ScratchDirectory()
        let process = try ChildProcess(Products.path("mvp-auth"), arguments, in: directory.path)
        #expect(await process.ended() == 64)
        #expect(process.output.isEmpty && !process.errors.isEmpty)
    }

    @Test("a daemon that is away is told from one that refuses")
    func away() async throws {
        let directory = try ScratchDirectory()
        let process = try ChildProcess(
            Products.path("mvp-auth"), ["users", "list"],
            environment: ["MVP_AUTH_RUNTIME_DIR": directory.path], in: directory.path)
        #expect(await process.ended() == 69)
    }
}
