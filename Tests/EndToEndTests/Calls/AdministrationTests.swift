import AuthAPI
import Foundation
import MVPAuth
import MVPAuthClient
import PostgresServer
import StrictJSON
import Testing

/// The operators' methods of a real daemon, over `admin.sock`.
@Suite("Administration")
struct AdministrationTests {
    private let password = Secret("correct horse battery")

    private func code(_ body: () async throws(AuthClientError) -> Void) async -> String? {
        do throws(AuthClientError) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "Who stays is on exactly one page, while others come and go", .timeLimit(.minutes(2)),
        arguments: Backend.allCases)
    func paging(_ backend: Backend) async throws {
        let daemon = try await Daemon(try backend.settings())
        let client = daemon.operatorClient()
        var staying: Set<UserID> = []
        var leaving: [AdminUser] = []
        try await withThrowingTaskGroup(of: (index: Int, user: AdminUser).self) { group in
            // Some at a time: a commit takes several.
            for index in 0..<2032 {
                if index >= 32, let made = try await group.next() {
                    if made.index % 4 == 0 { leaving.append(made.user) } else { staying.insert(made.user.id) }
                }
                guard index < 2000 else { continue }
                group.addTask { (index, try await client.call(CreateUser(email: "user\(index)@example.org"))) }
            }
        }
        let gone = leaving
        let change = Task {
            let other = daemon.operatorClient()
            for (index, user) in gone.enumerated() {
                _ = try? await other.call(DeleteUser(userID: user.id, email: user.email))
                // In the midst of the list, and at its beginning.
                let time = index % 2 == 0 ? user.createdAt : nil
                _ = try? await other.call(CreateUser(email: "new\(index)@example.org", createdAt: time))
            }
            await other.close()
        }
        var seen: [UserID] = []
        var cursor: String?
        repeat {
            let page = try await client.call(ListUsers(cursor: cursor, limit: 37))
            seen += page.users.map(\.id)
            cursor = page.next
        } while cursor != nil
        await change.value
        #expect(Set(seen).count == seen.count, "none twice")
        #expect(staying.isSubset(of: Set(seen)))
        // A cursor is for the list that it came from.
        let page = try await client.call(ListUsers(limit: 1))
        for list in [ListUsers(status: .active, cursor: page.next), ListUsers(cursor: "AAAA")] {
            let refused = await code { () async throws(AuthClientError) in _ = try await client.call(list) }
            #expect(refused == "INVALID_PARAMS")
        }
        let found = try await client.call(ListUsers(query: BoundedText("user11@"), status: .unverified))
        #expect(found.users.map(\.email) == ["user11@example.org"] && found.next == nil)
        await client.close()
    }

    @Test("Who is deactivated or deleted on one daemon is out on another one at once")
    func everywhere() async throws {
        var settings = try Backend.postgresql.settings()
        settings["AUTH_SECRET_KEY"] = "0123456789abcdef0123456789abcdef"
        let (one, other) = (try await Daemon(settings), try await Daemon(settings))
        let (operators, app) = (one.operatorClient(), other.client())
        for round in 0..<10 {
            let email = "ada\(round)@example.org"
            let user = try await operators.call(CreateUser(email: email, password: password))
            let pair = try await app.login(email: email, password: password)
            _ = try await app.currentUser(.accessToken(pair.accessToken))
            if round % 2 == 0 {
                _ = try await operators.call(UpdateUser(userID: user.id, isActive: false))
            } else {
                _ = try await operators.call(DeleteUser(userID: user.id, email: email))
            }
            // The other daemon hears of it within its second of trust at the latest.
            let deadline = ContinuousClock.now + .seconds(5)
            var isOut = false
            while !isOut, ContinuousClock.now < deadline {
                isOut =
                    await code { () async throws(AuthClientError) in
                        _ = try await app.verify(accessToken: pair.accessToken)
                    } != nil
                if !isOut { try await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(isOut, "round \(round)")
            let again = await code { () async throws(AuthClientError) in
                _ = try await app.login(email: email, password: password)
            }
            #expect(again == "INVALID_CREDENTIALS")
        }
        await operators.close()
        await app.close()
    }

    @Test(
        "Nothing of a deleted account is left in any table but the tombstone of its identifier",
        arguments: Backend.allCases)
    func traces(_ backend: Backend) async throws {
        let settings = try backend.settings()
        let daemon = try await Daemon(settings)
        let (operators, app) = (daemon.operatorClient(), daemon.client())
        _ = try await app.forgotPassword(email: "ada@example.org")
        let user = try await app.register(email: "Ada@example.org", password: password)
        _ = try await app.forgotPassword(email: "ADA@example.org")
        let pair = try await app.login(email: "ada@example.org", password: password)
        _ = try await app.refresh(pair.refreshToken)
        _ = await code { () async throws(AuthClientError) in
            _ = try await app.login(email: "ada@example.org", password: Secret("a wrong one"))
        }
        _ = try await operators.call(SetPassword(userID: user.id))
        _ = try await operators.call(SetPassword(userID: user.id, password: password))
        _ = try await app.login(email: "ada@example.org", password: password)
        let before = try await traces(of: user, in: daemon, settings["AUTH_DATABASE_URL"])
        #expect(
            Set(before) == ["auth_users", "auth_sessions", "auth_messages", "auth_events"],
            "what is looked for can be found")
        _ = try await operators.call(DeleteUser(userID: user.id, email: user.email))
        // What is known of failures is written by now.
        let events = try await operators.call(QueryAudit(limit: 200)).events
        #expect(events.count { $0.event == "login.failed" } == 1 && events.first?.userID != nil)
        #expect(try await traces(of: user, in: daemon, settings["AUTH_DATABASE_URL"]) == ["auth_deleted_users"])
        // Standard output is where the emails of development are.
        #expect(await daemon.process.logs("a login failed"))
        let log = daemon.process.errors
        #expect(!log.lowercased().contains("ada@example.org"), "\(log)")
        await operators.close()
        await app.close()
    }

    /// The tables with a row that holds the address or the identifier, a line for each row.
    private func traces(of user: UserResponse, in daemon: Daemon, _ url: String?) async throws -> [String] {
        let wanted = [user.email, user.id.description]
        if let start = url?.range(of: "@/")?.upperBound, let name = url?[start...].prefix(while: { $0 != "?" }) {
            let database = String(name)
            let server = try PostgresServer.shared.get()
            let tables = try server.query(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'", in: database)
            return try tables.split(separator: "\n").flatMap { table in
                let tests = wanted.map { "lower(t::text) LIKE '%\($0)%'" }.joined(separator: " OR ")
                let count = try server.query("SELECT count(*) FROM \(table) t WHERE \(tests)", in: database)
                return Array(repeating: String(table), count: Int(count) ?? -1)
            }
        }
        let script = """
            import sqlite3, sys
            database = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
            for table, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in database.execute("SELECT * FROM " + table):
                    text = " ".join(str(value) for value in row).lower()
                    if any(wanted in text for wanted in sys.argv[2:]):
                        print(table)
            """
        let process = try ChildProcess(
            "/usr/bin/python3", ["-c", script, daemon.database] + wanted, in: daemon.directory.path)
        #expect(await process.ended() == 0, "\(process.errors)")
        return process.output.split(separator: "\n").map(String.init)
    }

    @Test("Apps are told with their rights, and what they do is counted")
    func apps() async throws {
        let daemon = try await Daemon()
        let client = daemon.operatorClient()
        _ = try await client.call(Ping())
        let apps = try await client.call(ListApps()).apps
        let own = try #require(apps.first { $0.connections > 0 })
        #expect(own.calls >= 2 && own.connections == 1)
        let app = daemon.client()
        try await app.ping()
        let more = try await client.call(ListApps()).apps.first { $0.name == own.name }
        #expect(more?.connections == 2)
        await app.close()
        await client.close()
    }

    @Test("Without the role an operator's method says so, whoever it is about")
    func role() async throws {
        let daemon = try await Daemon()
        let wire = try WireSocket(unix: daemon.socket)
        for line in [
            #"{"jsonrpc":"2.0","id":1,"method":"system.hello","params":{"roles":["client"]}}"#,
            #"{"jsonrpc":"2.0","id":2,"method":"admin.get_user","params":{"email":"ada@example.org"}}"#,
        ] { try await wire.send(line + "\n") }
        _ = try await wire.line()
        #expect(try await wire.line().contains("PERMISSION_DENIED"))
    }
}

extension Daemon {
    /// A client on `admin.sock`.
    func operatorClient() -> AuthClient {
        var configuration = AuthClient.Configuration()
        configuration.socket = adminSocket
        configuration.timeout = .seconds(30)
        return AuthClient(configuration)
    }
}
