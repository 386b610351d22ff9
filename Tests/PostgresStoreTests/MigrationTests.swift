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
}
