import InternationalDomains
import MVPAuth
import PostgresServer
import Testing

@testable import PostgresStore

@Suite("Migrations")
struct MigrationTests {
    private let server: PostgresServer
    private let database: String

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.makeDatabase()
    }

    @Test("are applied once by eight that start at the same moment")
    func concurrentStarts() async throws {
        let stores = try (0..<8).map { _ in try server.store(in: database) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores {
                group.addTask {
                    let isReady = try await eventually { await refusal(store.ping) == nil }
                    #expect(isReady)
                }
            }
            try await group.waitForAll()
        }
        #expect(try server.query("SELECT count(*) FROM auth_migrations", in: database) == "\(Schema.migrations.count)")
        for store in stores { await store.close() }
    }

    @Test("of a newer version stop the start, unless they are compatible", arguments: [true, false])
    func newerVersion(isCompatible: Bool) async throws {
        let first = try server.store(in: database)
        try await first.ping()
        await first.close()
        try server.query("INSERT INTO auth_migrations VALUES ('2999-01 the future', \(isCompatible))", in: database)
        let second = try server.store(in: database)
        if isCompatible {
            try await second.ping()
        } else {
            #expect(await refusal(second.ping)?.code == .notReady)
            let error = await #expect(throws: PostgresStoreError.self) { try await second.follow(Recorder()) }
            #expect(error?.description == "The database was made by a newer mvp-auth; use that one.")
        }
        await second.close()
    }

    @Test("need no superuser, and no right but to one's own tables once they are there")
    func leastPrivilege() async throws {
        let role = "app_\(database)"
        try server.query("CREATE ROLE \(role) LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
        try server.query(
            """
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            GRANT USAGE, CREATE ON SCHEMA public TO \(role)
            """, in: database)
        let first = try server.store(in: database, role: role)
        _ = try await first.member("ada@example.org")
        await first.close()
        try server.query("REVOKE CREATE ON SCHEMA public FROM \(role)", in: database)
        let second = try server.store(in: database, role: role)
        let (user, session) = try await second.member("bob@example.org")
        #expect(try await second.rotate(rotation(of: session, generation: 0)).isRotated)
        #expect(try await second.delete(user.id, tombstoneUntil: SystemTime().now() + 900))
        await second.close()
    }

    @Test("are planned by a look that changes nothing")
    func report() async throws {
        let options = try PostgresOptions(url: server.url(of: database))
        let before = try DatabaseReport(options, emails: EmailPolicy(domains: IDN2DomainEncoder()))
        #expect(before.pending == Schema.migrations.map(\.name) && before.applied.isEmpty)
        #expect(before.synchronousCommit == "on" && !before.serverVersion.isEmpty)
        #expect(try server.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", in: database) == "0")
        let store = try server.store(in: database)
        try await store.ping()
        await store.close()
        let after = try DatabaseReport(options, emails: EmailPolicy(domains: IDN2DomainEncoder()))
        #expect(after.pending.isEmpty && after.applied.sorted() == Schema.migrations.map(\.name).sorted())
    }

    @Test("are checked beforehand for the rights that they need")
    func rights() async throws {
        let name = "weak_\(database)"
        try server.query("CREATE ROLE \(name) LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC", in: database)
        func obstacles() throws -> [String] {
            let options = try PostgresOptions(url: server.url(of: database, as: name))
            return try DatabaseReport(options, emails: EmailPolicy(domains: IDN2DomainEncoder())).obstacles
        }
        #expect(try obstacles() == ["The role \(name) may not CREATE in the schema public."])
        try server.query("GRANT CREATE ON SCHEMA public TO \(name)", in: database)
        #expect(try obstacles().isEmpty)
        try server.query(
            "CREATE TABLE auth_users (email text, created_at timestamptz, id uuid); GRANT SELECT ON auth_users TO \(name)",
            in: database)
        #expect(try obstacles() == ["The table auth_users belongs to mvp; only its owner may change it."])
        try server.query("DROP TABLE auth_users", in: database)
    }

    @Test("are followed by a warning where a commit is not durable")
    func durability() async throws {
        try server.query("ALTER DATABASE \(database) SET synchronous_commit = off")
        let log = Log()
        let store = try server.store(in: database, log: log)
        try await store.ping()
        #expect(log.text.contains("synchronous_commit is off"))
        await store.close()
    }

    @Test("are not tried on a database in another encoding")
    func encoding() async throws {
        let latin = "latin_\(database)"
        try server.query("CREATE DATABASE \(latin) ENCODING 'LATIN1' TEMPLATE template0")
        let store = try server.store(in: latin)
        let error = await #expect(throws: PostgresStoreError.self) { try await store.follow(Recorder()) }
        #expect(error?.description == "The database is encoded in LATIN1; it must be UTF8.")
        await store.close()
    }

    @Test("A schema that is renamed afterwards is told of, by health and at the next start")
    func renamedSchema() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.makeDatabase()
        let store = try server.store(in: database)
        _ = try await store.member("ada@example.org")
        #expect(await refusal(store.ping) == nil)
        try server.query(
            """
            ALTER SCHEMA public RENAME TO accounts;
            ALTER DATABASE \(database) SET search_path = accounts;
            """, in: database)
        await store.close()
        let log = Log()
        let next = try server.store(in: database, log: log)
        #expect(await refusal(next.ping) != nil)
        #expect(log.text.contains("accounts was renamed"), "\(log.text)")
        await next.close()
        try server.query("ALTER SCHEMA accounts RENAME TO public", in: database)
        try server.query("ALTER DATABASE \(database) RESET search_path", in: database)
        let again = try server.store(in: database)
        #expect(await refusal(again.ping) == nil)
        // Renamed while it runs, and found by the path.
        try server.query("ALTER ROLE mvp IN DATABASE \(database) SET search_path = accounts, public", in: database)
        let running = try server.store(in: database, log: log)
        #expect(await refusal(running.ping) == nil)
        try server.query("ALTER SCHEMA public RENAME TO accounts", in: database)
        #expect(await refusal(running.ping) == AuthError(.storageUnavailable))
        await again.close()
        await running.close()
    }
}
