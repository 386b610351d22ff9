import AuthAPI
import Contract
import Foundation
import MVPAuth
import MVPAuthClient
import PostgresServer
import StrictJSON
import Testing

/// What a real daemon notes, on the stores that outlive it, and how an operator reads it.
@Suite("The audit")
struct AuditCallTests {
    private let password = Secret("correct horse battery")

    private func run(
        _ arguments: String..., on daemon: Daemon
    ) async throws -> (status: Int32?, output: String, errors: String) {
        let process = try ChildProcess(
            Products.path("mvp-auth"), arguments, environment: ["MVP_AUTH_SOCKET": "unix://" + daemon.socket],
            in: daemon.directory.path)
        let status = await process.ended()
        return (status, process.output, process.errors)
    }

    private func error(_ body: () async throws(AuthClientError) -> Void) async -> AuthClientError? {
        do throws(AuthClientError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    /// Of all accounts, the oldest first.
    private func events(_ client: AuthClient) async throws -> [AuditEvent] {
        try await client.call(QueryAudit(limit: 200)).events.reversed()
    }

    @Test("each change is noted with who asked; a refresh and a check of a token are not", arguments: Backend.allCases)
    func journey(_ backend: Backend) async throws {
        let daemon = try await Daemon(try backend.settings())
        let (operators, app) = (daemon.operatorClient(), daemon.client())
        let user = try await app.register(email: "ada@example.org", password: password)
        var pair = try await app.login(
            email: "ada@example.org", password: password, deviceInfo: "Firefox", ipAddress: "192.0.2.7")
        let before = try await events(operators)
        #expect(before.map(\.event) == ["account.registered", "login.succeeded"])
        let login = try #require(before.last)
        #expect(login.uid == Int(geteuid()) && login.source == "192.0.2.7" && login.userID == user.id)
        #expect(login.requestID?.contains("-") == true && login.sessionID != nil && !login.app.isEmpty)
        #expect(Set(before.map(\.requestID)).count == 2)

        let first = pair.refreshToken
        for _ in 0..<3 { pair = try await app.refresh(pair.refreshToken, ipAddress: "192.0.2.7") }
        for _ in 0..<3 { _ = try await app.verify(accessToken: pair.accessToken) }
        _ = try await app.currentUser(.accessToken(pair.accessToken))
        #expect(try await events(operators).count == before.count)

        let reuse = await error { () async throws(AuthClientError) in _ = try await app.refresh(first) }
        #expect(reuse?.code == "TOKEN_REUSE")
        let after = try await events(operators).dropFirst(before.count)
        #expect(Set(after.map(\.event)) == ["token.reuse", "session.revoked"])
        #expect(after.allSatisfy { $0.requestID == reuse?.requestID }, "the call that was refused is found by its name")
        #expect(await daemon.process.logs("token.reuse"))
        #expect(await daemon.process.logs(reuse?.requestID ?? "no name"))

        pair = try await app.login(email: "ada@example.org", password: password, ipAddress: "192.0.2.7")
        try await app.logout(accessToken: pair.accessToken)
        pair = try await app.login(email: "ada@example.org", password: password, ipAddress: "192.0.2.7")
        for _ in 0..<12 {
            _ = await error { () async throws(AuthClientError) in
                _ = try await app.login(email: "ada@example.org", password: Secret("wrong"), ipAddress: "192.0.2.9")
            }
        }
        // An operator's question has what is known of failures written first.
        let failed = try await operators.call(QueryAudit(userID: user.id, event: .loginFailed)).events
        #expect(failed.count == 11 && failed.filter { $0.detail?.hasSuffix("count=2") == true }.count == 1)
        let own = try await app.events(.accessToken(pair.accessToken))
        #expect(own.first?.event == "login.failed" && own.first?.outcome == "failure")
        #expect(own.contains { $0.event == "login.succeeded" && $0.source == "192.0.2.7" })
        #expect(own.contains { $0.event == "login.succeeded" && $0.deviceInfo == "Firefox" })
        try await app.changePassword(
            .accessToken(pair.accessToken), current: password, new: Secret("a different good one"))
        _ = try await operators.call(UpdateUser(userID: user.id, isActive: false))
        _ = try await operators.call(Reload())
        let last = try await events(operators)
        for wanted in ["password.changed", "account.deactivated", "admin.update_user", "config.reloaded"] {
            #expect(last.contains { $0.event == wanted }, "\(wanted)")
        }
        let update = try #require(last.first { $0.event == "admin.update_user" })
        #expect(last.first { $0.event == "account.deactivated" }?.requestID == update.requestID)
        #expect(!"\(last)".contains("example.org"))
        // Page by page, nothing twice and nothing left out.
        var seen: [EventID] = []
        var cursor: String?
        repeat {
            let page = try await operators.call(QueryAudit(userID: user.id, cursor: cursor, limit: 3))
            seen += page.events.map(\.id)
            cursor = page.next
        } while cursor != nil
        #expect(seen == last.reversed().filter { $0.userID == user.id }.map(\.id))
        await operators.close()
        await app.close()
    }

    @Test("what failed is written at the end, and the next process tells it", arguments: Backend.allCases)
    func restart(_ backend: Backend) async throws {
        let (directory, settings) = (try ScratchDirectory(), try backend.settings())
        var daemon = try await Daemon(settings, in: directory)
        let app = daemon.client()
        for email in ["nobody@example.org", "ada@example.org"] {
            let refused = await error { () async throws(AuthClientError) in
                _ = try await app.login(email: email, password: password)
            }
            #expect(refused?.code == "INVALID_CREDENTIALS")
        }
        await app.close()
        #expect(await daemon.stop() == 0)
        let log = daemon.process.errors
        daemon = try await Daemon(settings, in: directory)
        let operators = daemon.operatorClient()
        let failed = try await events(operators)
        #expect(failed.map(\.event) == ["login.failed", "login.failed"], "\(log)")
        #expect(failed.allSatisfy { $0.userID == nil })
        #expect(Set(failed.map(\.detail)).count == 2)
        await operators.close()
    }

    private func failedLogins(_ client: AuthClient) async throws -> Int {
        try await client.call(QueryAudit(event: .loginFailed, limit: 200)).events.count
    }

    @Test("a login that was refused as the daemon was told to stop is noted", arguments: Backend.allCases)
    func stopping(_ backend: Backend) async throws {
        let (directory, settings) = (try ScratchDirectory(), try backend.settings())
        var daemon = try await Daemon(settings, in: directory)
        let count = 100
        let wire = try WireSocket(unix: daemon.socket)
        let calls = (0..<count).map {
            #"{"jsonrpc":"2.0","id":\#($0),"method":"auth.login","params":["user\#($0)@example.org","wrong"]}"# + "\n"
        }
        try await wire.send(calls.joined())
        for _ in 0..<(count / 2) { #expect(try await wire.line().contains("INVALID_CREDENTIALS")) }
        // The others are still being answered.
        #expect(await daemon.stop() == 0)
        var answered = count / 2
        while let line = try? await wire.line() {
            if line.contains("INVALID_CREDENTIALS") { answered += 1 }
        }
        daemon = try await Daemon(settings, in: directory)
        let operators = daemon.operatorClient()
        let noted = try await failedLogins(operators)
        #expect(noted >= answered && noted <= count, "\(noted) noted, \(answered) answered")
        await operators.close()
    }

    @Test("what cannot be written as the daemon stops is tried again for some seconds")
    func refusedAtTheEnd() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.makeDatabase()
        let (directory, settings) = (try ScratchDirectory(), ["AUTH_DATABASE_URL": server.url(of: database)])
        var daemon = try await Daemon(settings, in: directory)
        try server.query("ALTER TABLE auth_events RENAME TO elsewhere", in: database)
        let app = daemon.client()
        let refused = await error { () async throws(AuthClientError) in
            _ = try await app.login(email: "ada@example.org", password: password)
        }
        #expect(refused?.code == "INVALID_CREDENTIALS")
        await app.close()
        daemon.process.send(SIGTERM)
        try await Task.sleep(for: .seconds(3))
        try server.query("ALTER TABLE elsewhere RENAME TO auth_events", in: database)
        #expect(await daemon.process.ended() == 0)
        #expect(daemon.process.errors.contains("could not be noted"))
        daemon = try await Daemon(settings, in: directory)
        let operators = daemon.operatorClient()
        #expect(try await failedLogins(operators) == 1)
        await operators.close()
    }

    @Test("with AUTH_AUDIT_DAYS=0 nothing is noted")
    func none() async throws {
        let daemon = try await Daemon(["AUTH_AUDIT_DAYS": "0"])
        let (operators, app) = (daemon.operatorClient(), daemon.client())
        _ = try await app.register(email: "ada@example.org", password: password)
        let pair = try await app.login(email: "ada@example.org", password: password)
        try await app.logout(accessToken: pair.accessToken)
        _ = await error { () async throws(AuthClientError) in
            _ = try await app.login(email: "ada@example.org", password: Secret("wrong"))
        }
        #expect(try await events(operators).isEmpty)
        await operators.close()
        await app.close()
    }

    @Test("the command line lists events, and shows them as they come until it is told to stop")
    func commands() async throws {
        let daemon = try await Daemon()
        let app = daemon.client()
        let user = try await app.register(email: "ada@example.org", password: password)
        let table = try await run("audit", "query", on: daemon)
        #expect(table.status == 0, "\(table.errors)")
        #expect(table.output.hasPrefix("WHEN") && table.output.contains("account.registered"))
        let environment = ["MVP_AUTH_SOCKET": "unix://" + daemon.socket]
        let tail = try ChildProcess(
            Products.path("mvp-auth"), ["audit", "tail"], environment: environment, in: daemon.directory.path)
        let failures = try ChildProcess(
            Products.path("mvp-auth"), ["audit", "tail", "--json", "--event", "login.failed"],
            environment: environment, in: daemon.directory.path)
        // Neither says what was there before: it has looked once something new is told.
        for attempt in 0..<200 where !(tail.output.contains("login.failed") && failures.output.contains("login.failed"))
        {
            if attempt % 10 == 0 {
                _ = await error { () async throws(AuthClientError) in
                    _ = try await app.login(email: "ada@example.org", password: Secret("wrong"))
                }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(tail.output.contains("login.failed") && !tail.output.contains("account.registered"))
        let line = try #require(failures.output.split(separator: "\n").first)
        #expect(try JSON.read(Array(line.utf8))["user_id"]?.string == user.id.description)
        for process in [tail, failures] {
            process.send(SIGINT)
            #expect(await process.ended() == 0)
            #expect(process.errors.isEmpty)
        }
        _ = try await app.login(email: "ada@example.org", password: password)
        let found = try await run(
            "audit", "query", "--user", "ADA@example.org", "--event", "login.succeeded", "--since", "1h", "--json",
            on: daemon)
        let objects = try found.output.split(separator: "\n").map { try JSON.read(Array($0.utf8)) }
        #expect(objects.count == 1 && objects[0]["event"] == "login.succeeded", "\(found)")
        let none = try await run("audit", "query", "--until", "2020-01-01T00:00:00Z", on: daemon)
        #expect(none.status == 0 && none.output.isEmpty)
        for wrong in ["--since=soon", "--event=login.odd"] {
            #expect(try await run("audit", "query", wrong, on: daemon).status == 64)
        }
        await app.close()
    }
}
