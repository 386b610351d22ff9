import MVPAuth
import PostgresServer
import StoreConformance
import Testing

@testable import PostgresStore

@Suite("The PostgreSQL store")
struct PostgresStoreTests {
    @Test("conforms", arguments: StoreConformance.cases)
    func conforms(_ conformance: StoreConformance.Case) async throws {
        let server = try PostgresServer.shared.get()
        try await conformance.run(on: try server.store(in: try server.makeDatabase()))
    }

    @Test("conforms by its door alone", arguments: StoreConformance.cases)
    func conformsByDefaults(_ conformance: StoreConformance.Case) async throws {
        let server = try PostgresServer.shared.get()
        try await conformance.run(on: Defaults(try server.store(in: try server.makeDatabase())))
    }

    @Test("conforms without anything in the server's session", arguments: StoreConformance.cases)
    func conformsUnprepared(_ conformance: StoreConformance.Case) async throws {
        let server = try PostgresServer.shared.get()
        try await conformance.run(on: try server.store(in: try server.makeDatabase(), prepares: false))
    }

    @Test("leaves nothing in the server's session behind a pooling proxy")
    func leavesNothing() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.makeDatabase()
        let store = try server.store(in: database, prepares: false)
        _ = try await store.member("ada@example.org")
        let settings = try await store.read(
            Statement(
                "session",
                """
                SELECT (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_listening_channels()),
                    (SELECT count(*) FROM pg_settings WHERE source = 'session' AND name <> 'statement_timeout')
                """
            ).with()
        ) { rows in
            try rows.first { row throws(MalformedRow) in
                [try row.number(0), try row.number(1), try row.number(2)]
            }
        }
        #expect(settings == [0, 0, 0])
        await store.close()
    }

    @Test("keeps text that PostgreSQL cannot hold out of every match")
    func replacesNUL() async throws {
        let server = try PostgresServer.shared.get()
        let store = try server.store(in: try server.makeDatabase())
        _ = try await store.member("ada@example.org")
        #expect(try await store.user(spelled: "ada@example.org\0", canonical: nil) == nil)
        #expect(try await store.user(spelled: "ada@example.org", canonical: nil) != nil)
        await store.close()
    }
}

@Suite("The address of a PostgreSQL")
struct PostgresOptionsTests {
    @Test(
        "may be spelled as Python programs do",
        arguments: ["postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg", "postgresql+psycopg2"])
    func schemes(scheme: String) throws {
        #expect(PostgresOptions.accepts("\(scheme)://host/db"))
        let values = try PostgresOptions(url: "\(scheme)://ada:secret@one,two/db?sslmode=verify-full")
            .keywordsAndValues(for: "test")
        #expect(values.values.contains("postgresql://ada:secret@one,two/db?sslmode=verify-full"))
    }

    @Test(
        "is refused without being quoted",
        arguments: [
            "postgresql://ada:top%secret@host/db", "postgresql://host/db?unknown=secret",
            "postgresql://[::1/db?x=secret",
        ])
    func refusals(url: String) {
        let error = #expect(throws: PostgresStoreError.self) { _ = try PostgresOptions(url: url) }
        #expect(error?.description.contains("secret") == false)
    }

    @Test(
        "with a piece of the password where another part begins is refused without a piece of it",
        arguments: [
            "postgresql://ada:se@cret@host/db", "postgresql://ada:se/cret@host/db", "postgresql://ada:se?cret@host/db",
            "postgresql://ada:se/@cret@host/db", "postgresql://ada:se?cret=1@host/db?x=1",
            "postgresql://ada:se?cret@host/db?sslmode=require",
        ])
    func unencoded(url: String) {
        let error = #expect(throws: PostgresStoreError.self) { _ = try PostgresOptions(url: url) }
        #expect(error.map { !$0.description.contains("se/") && !$0.description.contains("cret") } == true)
    }

    @Test(
        "may have its password percent-encoded, or none",
        arguments: [
            "postgresql://ada:se%40cr%2Fet@host/db?sslmode=require", "postgresql:///db", "postgresql://host",
            "postgresql://ada@/db?host=/run/postgresql", "postgresql:///db?user=ada&password=x@y",
            "postgresql://[::1]:5433,two:5434/db",
        ])
    func encoded(url: String) {
        #expect(throws: Never.self) { _ = try PostgresOptions(url: url) }
    }

    @Test("of several hosts tells what is wrong with each")
    func several() throws {
        let options = try PostgresOptions(url: "postgresql://ada:secret@127.0.0.1:1,127.0.0.1:2/db")
        let error = #expect(throws: ConnectionFailure.self) {
            _ = try Connection(options, for: "test", deadline: SystemTime().uptime() + 5_000_000_000)
        }
        let text = try #require(error?.description)
        #expect(text.contains("port 1 ") && text.contains("port 2 ") && !text.contains("secret"), "\(text)")
    }

    @Test("asks for a server that writes, unless it says otherwise")
    func target() throws {
        let plain = try PostgresOptions(url: "postgresql://one,two/db").keywordsAndValues(for: "test")
        #expect(plain.keywords.contains("target_session_attrs"))
        // The URL comes last and wins.
        #expect(plain.keywords.last == "dbname")
    }
}
