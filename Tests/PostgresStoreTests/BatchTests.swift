import MVPAuth
import PostgresServer
import Testing

@testable import PostgresStore

@Suite("A batch")
struct BatchTests {
    private let server: PostgresServer
    private let database: String

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.makeDatabase()
    }

    /// Makes the server fail inserts of one address with a state, the first so many times.
    private func poison(_ state: String, times: Int) throws {
        try server.query(
            """
            CREATE SEQUENCE poisoned;
            GRANT ALL ON SEQUENCE poisoned TO PUBLIC;
            CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.email = 'poison@example.org' AND nextval('poisoned') <= \(times) THEN
                    RAISE EXCEPTION 'a secret: %', NEW.hashed_password USING ERRCODE = '\(state)';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER poison BEFORE INSERT ON auth_users FOR EACH ROW EXECUTE FUNCTION poison();
            """, in: database)
    }

    /// Creates forty accounts at once, the poisoned one among them, and says how each fared.
    private func fill(_ store: PostgresStore) async -> [String: AuthError?] {
        await withTaskGroup(of: (String, AuthError?).self) { group in
            for index in 0..<40 {
                let email = index == 20 ? "poison@example.org" : "user\(index)@example.org"
                group.addTask {
                    (email, await refusal { () async throws(AuthError) in try await store.create(account(email)) })
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @Test(
        "fails alone, and says that nothing was done",
        arguments: ["53100", "53200", "57014", "25006", "XX000", "23514", "40001"])
    func failsAlone(state: String) async throws {
        let log = Log()
        let store = try server.store(in: database, log: log)
        try await store.ping()
        try poison(state, times: 1_000_000)
        let results = await fill(store)
        #expect(results["poison@example.org"] == .some(AuthError(.storageUnavailable)))
        #expect(results.filter { $0.value == nil }.count == 39, "\(results)")
        #expect(try server.query("SELECT count(*) FROM auth_users", in: database) == "39")
        #expect(log.text.contains(state))
        #expect(!(results["poison@example.org"]??.message.contains("secret") ?? true))
        await store.close()
    }

    @Test("that collided with another transaction runs again", arguments: ["40001", "40P01", "55P03"])
    func retries(state: String) async throws {
        let store = try server.store(in: database)
        try await store.ping()
        // Once in the batch and once alone.
        try poison(state, times: 2)
        #expect(await fill(store).filter { $0.value == nil }.count == 40)
        await store.close()
    }

    @Test("of two daemons locks in one order: none waits in a circle")
    func locksInOrder() async throws {
        let stores = [try server.store(in: database), try server.store(in: database)]
        var members: [(User, Session)] = []
        for index in 0..<8 { members.append(try await stores[0].member("user\(index)@example.org")) }
        let all = members
        let before = try server.query("SELECT deadlocks FROM pg_stat_database WHERE datname = '\(database)'")
        await withTaskGroup(of: Void.self) { group in
            for round in 0..<60 {
                for store in stores {
                    for (user, session) in round.isMultiple(of: 2) ? all : all.reversed() {
                        group.addTask {
                            let now = SystemTime().now()
                            switch round % 3 {
                            case 0: _ = try? await store.revoke(session.id, of: user.id, at: now)
                            case 1: _ = try? await store.setActive(true, user: user.id, at: now)
                            default: _ = try? await store.rotate(rotation(of: session, generation: 0))
                            }
                        }
                    }
                }
            }
        }
        let after = try server.query("SELECT deadlocks FROM pg_stat_database WHERE datname = '\(database)'")
        #expect(before == after)
        for store in stores { await store.close() }
    }

    @Test("that waits for a lock gives up in time, and says that nothing was done")
    func timesOut() async throws {
        let store = try server.store(in: database, timeout: 400)
        let (user, _) = try await store.member("ada@example.org")
        let blocker = try server.store(in: database)
        async let held = blocker.read(
            Statement(
                "hold",
                "WITH held AS (SELECT FROM auth_users WHERE id = $1 FOR UPDATE) SELECT pg_sleep(1.5) FROM held"
            ).with { $0.add(user.id) }
        ) { _ in }
        #expect(
            try await server.waits(
                for: "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = '\(database)'",
                toGive: "1", in: database))
        let error = await refusal { () async throws(AuthError) in
            _ = try await store.setActive(false, user: user.id, at: SystemTime().now())
        }
        #expect(error == AuthError(.storageUnavailable))
        try await held
        #expect(try await store.user(user.id)?.isActive == true)
        await store.close()
        await blocker.close()
    }
}
