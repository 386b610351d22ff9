import AuthAPI
import Foundation
import MVPAuth
import MVPAuthClient
import PostgresServer
import Testing

/// Daemons, as of several hosts, on one PostgreSQL.
@Suite("Daemons that share a database", .serialized)
struct SharedDatabaseTests {
    private let password = Secret("correct horse battery")
    private let server: PostgresServer
    private let database: String
    private let settings: [String: String]

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.makeDatabase()
        settings = [
            "AUTH_DATABASE_URL": server.url(of: database),
            "AUTH_SECRET_KEY": "0123456789abcdef0123456789abcdef",
        ]
    }

    private func two() async throws -> [Daemon] {
        async let one = Daemon(settings)
        async let other = Daemon(settings)
        return [try await one, try await other]
    }

    /// What so many callers are told, every other one by the other daemon.
    private func race(
        _ count: Int, _ clients: [AuthClient],
        _ body: @escaping @Sendable (AuthClient) async throws(AuthClientError) -> Void
    ) async -> [String] {
        await withTaskGroup(of: String.self) { group in
            for index in 0..<count {
                group.addTask {
                    do throws(AuthClientError) {
                        try await body(clients[index % clients.count])
                        return "won"
                    } catch {
                        return error.code
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("of 50 concurrent refreshes of one token one wins, 200 times", .timeLimit(.minutes(4)))
    func refreshes() async throws {
        let daemons = try await two()
        let clients = daemons.map { $0.client() }
        _ = try await clients[0].register(email: "ada@example.org", password: password)
        for round in 0..<200 {
            let pair = try await clients[round % 2].login(email: "ada@example.org", password: password)
            let codes = await race(50, clients) { (client) async throws(AuthClientError) in
                _ = try await client.refresh(pair.refreshToken)
            }
            #expect(codes.count { $0 == "won" } == 1, "round \(round)")
            #expect(codes.allSatisfy { ["won", "TOKEN_REUSE", "TOKEN_REVOKED"].contains($0) }, "\(Set(codes))")
        }
        for client in clients { await client.close() }
    }

    @Test("of concurrent registrations of one address one wins, 50 times")
    func registrations() async throws {
        let daemons = try await two()
        let clients = daemons.map { $0.client() }
        for round in 0..<50 {
            let codes = await race(10, clients) { (client) async throws(AuthClientError) in
                _ = try await client.register(
                    email: "ada\(round)@example.org", password: Secret("correct horse battery"))
            }
            #expect(codes.count { $0 == "won" } == 1 && codes.count { $0 == "USER_EXISTS" } == 9, "\(codes)")
        }
        for client in clients { await client.close() }
    }

    @Test("what one revokes is dead on the other, in memory and in what is remembered of a user")
    func revocation() async throws {
        let daemons = try await two()
        let (one, other) = (daemons[0].client(), daemons[1].client())
        _ = try await one.register(email: "ada@example.org", password: password)
        for _ in 0..<20 {
            let pair = try await one.login(email: "ada@example.org", password: password)
            _ = try await other.currentUser(.accessToken(pair.accessToken))
            _ = try await one.logout(accessToken: pair.accessToken)
            let since = ContinuousClock.now
            var isDead = false
            while !isDead, since.duration(to: .now) < .seconds(2) {
                do throws(AuthClientError) {
                    _ = try await other.currentUser(.accessToken(pair.accessToken))
                } catch {
                    #expect(error.known == .tokenRevoked)
                    isDead = true
                }
            }
            #expect(isDead && since.duration(to: .now) < .seconds(1))
        }
        await one.close()
        await other.close()
    }

    @Test("one that starts before its database answers NOT_READY, and serves once that is there")
    func startsFirst() async throws {
        let late = try PostgresServer()
        let url = late.url()
        late.crash()
        let directory = try ScratchDirectory().prepared()
        let process = try Daemon.launch(["AUTH_DATABASE_URL": url], in: directory)
        let socket = directory.path + "/run/mvp-auth.sock"
        for _ in 0..<400 where !FileManager.default.fileExists(atPath: socket) {
            try await Task.sleep(for: .milliseconds(10))
        }
        let wire = try WireSocket(unix: socket)
        try await wire.send(#"{"jsonrpc":"2.0","id":1,"method":"system.health"}"# + "\n")
        #expect(try await wire.line().contains("NOT_READY"))
        try await wire.send(#"{"jsonrpc":"2.0","id":2,"method":"system.ping"}"# + "\n")
        #expect(try await wire.line().contains("result"))
        #expect(!process.output.contains("ready"))
        try late.start()
        #expect(await process.says("mvp-authd ready", within: 5))
        try await wire.send(#"{"jsonrpc":"2.0","id":3,"method":"system.health"}"# + "\n")
        #expect(try await wire.line().contains("result"))
        process.send(SIGTERM)
        #expect(await process.ended() == 0)
        #expect(!process.errors.contains("mvp@"), "the log quotes no address")
        late.stop()
    }

    @Test("one that is older than the database says so and stops, with the status of a wrong configuration")
    func tooOld() async throws {
        let daemon = try await Daemon(settings)
        await daemon.stop()
        try server.query("INSERT INTO auth_migrations VALUES ('2999-01 the future', false)", in: database)
        let process = try Daemon.launch(settings, in: daemon.directory)
        #expect(await process.ended() == 78)
        #expect(process.errors.contains("mvp-authd: The database was made by a newer mvp-auth; use that one.\n"))
    }

    @Test("the plan for a database can be read before a daemon follows it")
    func check() async throws {
        let directory = try ScratchDirectory()
        func check(_ arguments: String...) async throws -> (status: Int32?, output: String) {
            let process = try ChildProcess(
                Products.path("mvp-auth"), ["check", "--database"] + arguments, environment: settings,
                in: directory.path)
            return (await process.ended(), process.output + process.errors)
        }
        let before = try await check()
        #expect(before.status == 0 && before.output.contains("(the daemon will apply it)"))
        #expect(before.output.contains("synchronous_commit  on"))
        await (try await Daemon(settings)).stop()
        let after = try await check("--json")
        #expect(after.status == 0 && after.output.contains(#""pending":[]"#))
    }

    @Test("a database that cannot be reached or named is one sentence without its password")
    func unusable() async throws {
        let directory = try ScratchDirectory()
        for (url, status) in [
            ("postgresql://ada:secret@/x?host=/nonexistent", Int32(69)), ("postgresql://ada:sec%ret@/x", 78),
            ("sqlite:///tmp/x.db", 78),
        ] {
            let process = try ChildProcess(
                Products.path("mvp-auth"), ["check", "--database"], environment: ["AUTH_DATABASE_URL": url],
                in: directory.path)
            #expect(await process.ended() == status)
            #expect(process.errors.split(separator: "\n").count == 1, "\(process.errors)")
            #expect(!process.errors.contains("sec"))
        }
    }
}
