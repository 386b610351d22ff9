import AuthCrypto
import InternationalDomains
import MVPAuth
import PostgresServer
import Testing

@testable import PostgresStore

/// A database as the Python library leaves it, with hashes and tokens that were made by other programs.
@Suite("A database of the Python library")
struct AdoptionTests {
    private let server: PostgresServer
    private let database: String
    private let password = Secret("correct horse battery")

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.makeDatabase()
        try server.query(PythonLibrary.schema, in: database)
        try server.query(PythonLibrary.rows, in: database)
    }

    private func open() async throws -> (PostgresStore, AuthSystem) {
        let store = try server.store(in: database)
        let system = try await AuthSystem(
            store: store,
            hasher: HashingPool(Bcrypt(cost: 4), long: Argon2id(memoryKiB: 64, iterations: 1, parallelism: 1)),
            signer: try KeyRing(secret: PythonLibrary.secret), domains: IDN2DomainEncoder())
        return (store, system)
    }

    @Test("signs everybody in by the hashes that it has", arguments: ["ada@example.org", "argon@example.org"])
    func hashes(email: String) async throws {
        let (store, system) = try await open()
        let pair = try await system.auth.login(email: email, password: password)
        let claims = try await system.tokens.verify(pair.accessToken.reveal())
        #expect(try await system.users.currentUser(claims.subject).email == email)
        let wrong = await refusal { () async throws(AuthError) in
            try await system.auth.login(email: email, password: Secret("wrong horse battery"))
        }
        #expect(wrong?.code == .invalidCredentials)
        #expect(
            await refusal { () async throws(AuthError) in
                try await system.auth.login(email: "gone@example.org", password: password)
            }?.code == .invalidCredentials, "inactive stays inactive")
        await store.close()
    }

    @Test("keeps a password whose first 72 bytes are all that was hashed")
    func longPassword() async throws {
        let (store, system) = try await open()
        for _ in 0..<2 {
            _ = try await system.auth.login(
                email: "long@example.org", password: Secret(String(repeating: "p", count: 80)))
        }
        await store.close()
    }

    @Test("keeps its tokens: access, blocked, refresh, revoked")
    func tokens() async throws {
        let (store, system) = try await open()
        #expect(try await system.tokens.verify(PythonLibrary.access).subject.description == PythonLibrary.ada)
        #expect(
            await refusal { () async throws(AuthError) in try await system.tokens.verify(PythonLibrary.blocked) }?.code
                == .tokenRevoked)
        #expect(
            await refusal { () async throws(AuthError) in
                try await system.auth.refresh(Secret(PythonLibrary.revokedRefresh))
            }?.code == .tokenRevoked)
        let pair = try await system.auth.refresh(Secret(PythonLibrary.refresh))
        let next = try await system.auth.refresh(pair.refreshToken)
        // The used token of the library is reuse like any other.
        #expect(
            await refusal { () async throws(AuthError) in
                try await system.auth.refresh(Secret(PythonLibrary.refresh))
            }?.code == .tokenReuse)
        #expect(
            await refusal { () async throws(AuthError) in try await system.auth.refresh(next.refreshToken) }?.code
                == .tokenRevoked)
        await store.close()
    }

    @Test("keeps its verification links, but not for an address that came later")
    func verificationLinks() async throws {
        let (store, system) = try await open()
        try await store.ping()
        let keys = try KeyRing(secret: PythonLibrary.secret)
        let ada = try #require(UserID(PythonLibrary.ada))
        let now = SystemTime().now().seconds
        func link(_ id: String, issuedAt second: Int64) throws -> Secret {
            try keys.sign(
                Claims(kind: .emailVerify, subject: ada, tokenID: id, issuedAt: second, expiresAt: second + 86_400))
        }
        let set = "UPDATE auth_users SET is_verified = false"
        try server.query("\(set) WHERE id = '\(PythonLibrary.ada)'", in: database)
        #expect(try await system.users.verifyEmail(token: link("aa", issuedAt: now - 60)).isVerified)
        try server.query("\(set), email = 'eva@example.org' WHERE id = '\(PythonLibrary.ada)'", in: database)
        let old = try link("bb", issuedAt: now - 60)
        let early = await refusal { () async throws(AuthError) in
            _ = try await system.users.verifyEmail(token: old)
        }
        #expect(early?.code == .invalidVerificationToken)
        #expect(try await system.users.verifyEmail(token: link("cc", issuedAt: now + 30)).email == "eva@example.org")
        await store.close()
    }

    @Test("lets users whose addresses differ in case sign in by their spelling, and reports them")
    func sharedAddresses() async throws {
        let (store, system) = try await open()
        try await store.ping()
        func id(_ email: String) async throws -> String {
            let pair = try await system.auth.login(email: email, password: password)
            return try await system.tokens.verify(pair.accessToken.reveal()).subject.description
        }
        #expect(try await id("Eve@example.org") == PythonLibrary.upperEve)
        #expect(try await id("eve@example.org") == PythonLibrary.lowerEve)
        #expect(try await id("EVE@EXAMPLE.ORG") == PythonLibrary.lowerEve, "any other spelling is the canonical one")
        #expect(
            try await id("MIXED@example.org") == PythonLibrary.mixed, "an address that nobody shares has every spelling"
        )
        #expect(try await id("kurt@b\u{FC}cher.example") == PythonLibrary.kurt)
        #expect(try await id("kurt@xn--bcher-kva.example") == PythonLibrary.kurt)
        for email in ["eve@example.org", "Mixed@Example.org", "KURT@xn--bcher-kva.example"] {
            let error = await refusal { () async throws(AuthError) in
                try await system.users.register(email: email, password: password)
            }
            #expect(error?.code == .userExists, "\(email)")
        }
        let options = try PostgresOptions(url: server.url(of: database))
        let report = try DatabaseReport(options, emails: EmailPolicy(domains: IDN2DomainEncoder()))
        #expect(report.sharedAddresses == [["eve@example.org", "Eve@example.org"]])
        await store.close()
    }

    @Test("belongs to our role, while the library's keeps what it needs to write")
    func roles() async throws {
        let (ours, theirs) = ("ours_\(database)", "theirs_\(database)")
        let tables = "auth_users, auth_sessions, auth_blocked_tokens"
        try server.query("CREATE ROLE \(ours) LOGIN; CREATE ROLE \(theirs) LOGIN")
        try server.query(
            """
            ALTER TABLE auth_users OWNER TO \(ours); ALTER TABLE auth_sessions OWNER TO \(ours);
            ALTER TABLE auth_blocked_tokens OWNER TO \(ours);
            GRANT USAGE, CREATE ON SCHEMA public TO \(ours); GRANT USAGE ON SCHEMA public TO \(theirs);
            GRANT SELECT, INSERT, UPDATE, DELETE ON \(tables) TO \(theirs)
            """, in: database)
        let store = try server.store(in: database, role: ours)
        try await store.ping()
        try server.query(
            """
            UPDATE auth_sessions SET is_revoked = true, refresh_token_hash = 'x';
            DELETE FROM auth_sessions;
            UPDATE auth_users SET hashed_password = 'x', is_active = false;
            INSERT INTO auth_blocked_tokens (id, jti, token_type, expires_at)
                VALUES (gen_random_uuid(), 'theirs', 'access', '2099-01-01Z');
            DELETE FROM auth_users
            """, in: database, as: theirs)
        let known = try await store.revocations(at: SystemTime().now())
        #expect(known.deletedUsers.count == 8 && known.tokens.count == 2)
        await store.close()
    }

    @Test("may go on being used by the library beside us")
    func besides() async throws {
        let (store, system) = try await open()
        try await store.ping()
        // Its inserts know none of our columns.
        try server.query(
            """
            INSERT INTO auth_users (id, email, hashed_password, is_active, is_verified, created_at, updated_at)
            VALUES ('99999999-9999-4999-8999-999999999999', 'New@example.org', '\(PythonLibrary.bcrypt)', true, false,
                now(), now())
            """, in: database)
        let pair = try await system.auth.login(email: "new@example.org", password: password)
        let claims = try await system.tokens.verify(pair.accessToken.reveal())
        let session = try #require(claims.sessionID)
        // It rotates by writing another hash.
        try server.query(
            "UPDATE auth_sessions SET refresh_token_hash = repeat('0', 64) WHERE id = '\(session)'", in: database)
        #expect(
            await refusal { () async throws(AuthError) in try await system.auth.refresh(pair.refreshToken) }?.code
                == .tokenReuse)
        // It changes passwords by writing another hash: what was mailed before dies.
        let user = try #require(try await store.user(claims.subject))
        try server.query(
            "UPDATE auth_users SET hashed_password = '\(PythonLibrary.argon2)' WHERE id = '\(user.id)'", in: database)
        let changed = try #require(try await store.user(user.id))
        #expect(changed.passwordGeneration == user.passwordGeneration + 1 && changed.passwordHash.isImported)
        #expect(changed.passwordChangedAt > user.passwordChangedAt && changed.revokedBefore != nil)
        // Its second spelling of an address is refused by the database.
        #expect(throws: PostgresServerFailure.self) {
            try server.query(
                "INSERT INTO auth_users (id, email, hashed_password) VALUES (gen_random_uuid(), 'NEW@example.org', 'x')",
                in: database)
        }
        await store.close()
    }
}

/// What a program of the Python library would have written.
enum PythonLibrary {
    static let secret = "a secret of the library, 32 byte"
    static let ada = "11111111-1111-4111-8111-111111111111"
    static let upperEve = "33333333-3333-4333-8333-333333333333"
    static let lowerEve = "44444444-4444-4444-8444-444444444444"
    static let mixed = "55555555-5555-4555-8555-555555555555"
    static let kurt = "66666666-6666-4666-8666-666666666666"

    /// Of "correct horse battery", by libxcrypt and libargon2; the long one of 72 times "p".
    static let bcrypt = "$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS"
    static let long = "$2b$04$ABCDEFGHIJKLMNOPQRSTUu4.ZyIKQVP2INWly7.yFcbSkVN46UyMO"
    static let argon2 =
        "$argon2id$v=19$m=64,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$6l+5b6xNgkpIVRAh2b57tbFCa6MezZlThsJN9gGMC8o"

    static let schema = """
        CREATE TABLE auth_users (
            id uuid PRIMARY KEY,
            email varchar(320) NOT NULL UNIQUE,
            hashed_password text NOT NULL,
            is_active boolean NOT NULL DEFAULT true,
            is_verified boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE auth_sessions (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
            refresh_token_hash varchar(64) NOT NULL,
            device_info varchar(255),
            ip_address varchar(45),
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL,
            is_revoked boolean NOT NULL DEFAULT false
        );
        CREATE INDEX ix_auth_sessions_user_id ON auth_sessions (user_id);
        CREATE TABLE auth_blocked_tokens (
            id uuid PRIMARY KEY,
            jti varchar(255) NOT NULL UNIQUE,
            token_type varchar(10) NOT NULL,
            expires_at timestamptz NOT NULL
        );
        """

    static let rows = """
        INSERT INTO auth_users (id, email, hashed_password, is_active, created_at) VALUES
            ('\(ada)', 'ada@example.org', '\(bcrypt)', true, '2025-01-01Z'),
            ('22222222-2222-4222-8222-222222222222', 'argon@example.org', '\(argon2)', true, '2025-01-01Z'),
            ('\(upperEve)', 'Eve@example.org', '\(bcrypt)', true, '2025-01-01Z'),
            ('\(lowerEve)', 'eve@example.org', '\(bcrypt)', true, '2025-02-01Z'),
            ('\(mixed)', 'Mixed@Example.org', '\(bcrypt)', true, '2025-01-01Z'),
            ('\(kurt)', 'kurt@b\u{FC}cher.example', '\(bcrypt)', true, '2025-01-01Z'),
            ('77777777-7777-4777-8777-777777777777', 'long@example.org', '\(long)', true, '2025-01-01Z'),
            ('88888888-8888-4888-8888-888888888888', 'gone@example.org', '\(bcrypt)', false, '2025-01-01Z');
        INSERT INTO auth_sessions (id, user_id, refresh_token_hash, expires_at, is_revoked) VALUES
            ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '\(ada)',
                '0c0303727f9033c46230abea734cda473b38cfd518f7507e387f8832f0603972', '2099-01-01Z', false),
            ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', '\(ada)',
                '4141a4fd90320ec2b365fa90a5c4282b5351acfb39f2980f64ed762bb901b7cd', '2099-01-01Z', true);
        INSERT INTO auth_blocked_tokens (id, jti, token_type, expires_at) VALUES
            (gen_random_uuid(), 'b10cced0-0b0a-4908-8706-050403020100', 'access', '2099-01-01Z');
        """

    /// HS256 by another program, valid from 2026 to 2100. None names a generation, the access tokens name no session.
    static let access = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMTExMTExMS0xMTExLTQxMTEtODExMS0xMTExMTExMTExMTEiLCJqdGkiOiIw\
        ZjBlMGQwYy0wYjBhLTQ5MDgtODcwNi0wNTA0MDMwMjAxMDAiLCJ0eXBlIjoiYWNjZXNzIiwiaWF0IjoxNzY3MjI1NjAwLCJleHAiOjQxMDI0N\
        DQ4MDB9.Wwemz8FR-SI34kCIgPVPvf4cqVjCi6984SYsqzI1LIw
        """
    static let blocked = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMTExMTExMS0xMTExLTQxMTEtODExMS0xMTExMTExMTExMTEiLCJqdGkiOiJi\
        MTBjY2VkMC0wYjBhLTQ5MDgtODcwNi0wNTA0MDMwMjAxMDAiLCJ0eXBlIjoiYWNjZXNzIiwiaWF0IjoxNzY3MjI1NjAwLCJleHAiOjQxMDI0N\
        DQ4MDB9.W8FQoi9mMRSyPe0fW5Syo6Y_RTlq1YQQU4vQ8wqhaAE
        """
    static let refresh = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMTExMTExMS0xMTExLTQxMTEtODExMS0xMTExMTExMTExMTEiLCJqdGkiOiJm\
        ZmZmZmZmZi0wYjBhLTQ5MDgtODcwNi0wNTA0MDMwMjAxMDAiLCJ0eXBlIjoicmVmcmVzaCIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjo0MTAyN\
        DQ0ODAwLCJzZXNzaW9uX2lkIjoiYWFhYWFhYWEtYWFhYS00YWFhLThhYWEtYWFhYWFhYWFhYWFhIn0.zudEt-023iEqX_exEmLCNeFulPPqZn\
        6JhwmOY8oxN3A
        """
    static let revokedRefresh = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMTExMTExMS0xMTExLTQxMTEtODExMS0xMTExMTExMTExMTEiLCJqdGkiOiJl\
        ZWVlZWVlZS0wYjBhLTQ5MDgtODcwNi0wNTA0MDMwMjAxMDAiLCJ0eXBlIjoicmVmcmVzaCIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjo0MTAyN\
        DQ0ODAwLCJzZXNzaW9uX2lkIjoiYmJiYmJiYmItYmJiYi00YmJiLThiYmItYmJiYmJiYmJiYmJiIn0.OAu9_U2PEjaZOGBspKmk3MWO0NBFO9\
        g7Yfuj5A9aR4A
        """
}
