import AuthTesting
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

    /// The two ways of a write: with others in one statement each, and by the verbs in a transaction of its own.
    enum Way: CaseIterable {
        case batch
        case transaction

        var table: String { self == .batch ? "auth_sessions" : "auth_users" }
        /// What marks the row that fails.
        var mark: String { self == .batch ? "device_info" : "email" }
    }

    /// Makes the server fail the insert of one row with a state, the first so many times.
    private func poison(_ state: String, times: Int, _ way: Way) throws {
        try server.query(
            """
            CREATE SEQUENCE poisoned;
            GRANT ALL ON SEQUENCE poisoned TO PUBLIC;
            CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.\(way.mark) = 'poison@example.org' AND nextval('poisoned') <= \(times) THEN
                    RAISE EXCEPTION 'a secret: %', NEW.created_at USING ERRCODE = '\(state)';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER poison BEFORE INSERT ON \(way.table) FOR EACH ROW EXECUTE FUNCTION poison();
            """, in: database)
    }

    /// Inserts forty rows at once, the poisoned one among them, and says how each fared.
    private func fill(_ store: PostgresStore, _ way: Way) async throws -> [String: AuthError?] {
        let owner = account("owner@example.org")
        if way == .batch { try await store.create(owner) }
        return await withTaskGroup(of: (String, AuthError?).self) { group in
            for index in 0..<40 {
                let name = index == 20 ? "poison@example.org" : "user\(index)@example.org"
                group.addTask {
                    (
                        name,
                        await refusal { () async throws(AuthError) in
                            switch way {
                            case .transaction: try await store.create(account(name))
                            case .batch:
                                var session = newSession(of: owner)
                                session.deviceInfo = name
                                let start = SessionStart(
                                    session: session, verified: owner.passwordHash, rehashed: nil, limit: 100)
                                _ = try await store.begin(start)
                            }
                        }
                    )
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func count(_ way: Way) throws -> String {
        try server.query("SELECT count(*) FROM \(way.table)", in: database)
    }

    @Test(
        "fails alone, and says that nothing was done",
        arguments: ["53100", "53200", "57014", "25006", "XX000", "23514", "40001"], Way.allCases)
    func failsAlone(state: String, way: Way) async throws {
        let log = Log()
        let store = try server.store(in: database, log: log)
        try await store.ping()
        try poison(state, times: 1_000_000, way)
        let results = try await fill(store, way)
        #expect(results["poison@example.org"] == .some(AuthError(.storageUnavailable)))
        #expect(results.filter { $0.value == nil }.count == 39, "\(results)")
        #expect(try count(way) == "39")
        #expect(log.text.contains(state))
        #expect(!(results["poison@example.org"]??.message.contains("secret") ?? true))
        await store.close()
    }

    @Test("that collided with another transaction runs again", arguments: ["40001", "40P01", "55P03"], Way.allCases)
    func retries(state: String, way: Way) async throws {
        let store = try server.store(in: database)
        try await store.ping()
        // Once in the batch and once alone.
        try poison(state, times: 2, way)
        #expect(try await fill(store, way).filter { $0.value == nil }.count == 40)
        await store.close()
    }

    /// Makes the commit of every session of one account fail with a state: a constraint that is looked at last of all.
    private func poisonCommits(_ state: String, of email: String) throws {
        try server.query(
            """
            CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM auth_users WHERE id = NEW.user_id AND email = '\(email)') THEN
                    RAISE EXCEPTION 'a secret of %', NEW.user_id USING ERRCODE = '\(state)';
                END IF;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON auth_sessions
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late();
            """, in: database)
    }

    private func writers() throws -> String {
        try server.query(
            """
            SELECT string_agg(pid::text, ',' ORDER BY pid) FROM pg_stat_activity
            WHERE datname = '\(database)' AND application_name = 'mvp-auth write'
            """)
    }

    @Test(
        "whose commit fails fails alone: neighbours are committed, the connection stays",
        arguments: ["23514", "23503", "23505", "40001", "40P01", "P0001"], [true, false])
    func failsAtCommit(state: String, prepares: Bool) async throws {
        let log = Log()
        let store = try server.store(in: database, prepares: prepares, log: log)
        var users: [User] = []
        for index in 0..<30 {
            let user = account("user\(index)@example.org")
            try await store.create(user)
            users.append(user)
        }
        for user in users {
            let token = BlockedToken(tokenID: "\(user.id)", kind: .access, expiresAt: user.createdAt)
            _ = try await store.logout(blocking: token, ending: nil, of: user.id, at: user.createdAt)
        }
        try poisonCommits(state, of: users[7].email)
        let before = try writers()
        let errors = await withTaskGroup(of: (Int, AuthError?).self) { group in
            for index in 0..<540 {
                let user = users[index % 30]
                group.addTask {
                    let start = SessionStart(
                        session: newSession(of: user), verified: user.passwordHash, rehashed: nil, limit: 100)
                    return (index, await refusal { () async throws(AuthError) in _ = try await store.begin(start) })
                }
            }
            return await group.reduce(into: [Int: AuthError]()) { $0[$1.0] = $1.1 }
        }
        #expect(errors.count == 18 && errors.keys.allSatisfy { $0 % 30 == 7 })
        #expect(errors.values.allSatisfy { $0 == AuthError(.storageUnavailable) }, "nothing of them was done")
        #expect(try server.query("SELECT count(*) FROM auth_sessions", in: database) == "522")
        #expect(try writers() == before)
        #expect(log.text.contains(state) && !log.text.contains("closed the connection"))
        await store.close()
    }

    @Test("over whose member the server closes the connection is otherwise committed", arguments: Way.allCases)
    func fatal(way: Way) async throws {
        let store = try server.store(in: database)
        try await store.ping()
        try server.query(
            """
            CREATE FUNCTION fatal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                IF NEW.\(way.mark) = 'poison@example.org' THEN
                    PERFORM pg_terminate_backend(pg_backend_pid());
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER fatal BEFORE INSERT ON \(way.table) FOR EACH ROW EXECUTE FUNCTION fatal();
            """, in: database)
        let results = try await fill(store, way)
        #expect(results.filter { $0.value == nil }.count == 39, "\(results)")
        #expect(results["poison@example.org"] == .some(AuthError(.storageUnavailable)))
        #expect(try count(way) == "39")
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
                "WITH held AS (SELECT FROM auth_users WHERE id = :user FOR UPDATE) SELECT pg_sleep(1.5) FROM held"
            ).with(["user": user.id])
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
