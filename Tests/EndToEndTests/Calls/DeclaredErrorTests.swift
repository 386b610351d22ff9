import AuthAPI
import AuthCrypto
import Contract
import Foundation
import MVPAuth
import PostgresServer
import StrictJSON
import Testing

/// Every error that the catalogue declares is really answered: by each method its own, and of those that any call can
/// meet each by one.
@Suite("Declared errors", .serialized)
struct DeclaredErrorTests {
    private static let secret = "0123456789abcdef0123456789abcdef"
    private let password = "correct horse battery"

    /// What was answered so far.
    private final class Ledger {
        private(set) var seen: [String: Set<String>] = [:]

        func note(_ code: String, of method: String) { seen[method, default: []].insert(code) }
    }

    /// Calls a method over a connection of its own and notes the error that must come.
    private func expect(
        _ code: AuthError.Code, from method: String, _ params: JSON, at socket: String, meta: JSON = .object([]),
        _ ledger: Ledger, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let reply = try await call(method, params, at: socket, meta: meta)
        #expect(reply.at("error", "data", "code")?.string == code.rawValue, "\(method)", sourceLocation: sourceLocation)
        if let name = reply.at("error", "data", "code")?.string { ledger.note(name, of: method) }
    }

    private func call(
        _ method: String, _ params: JSON, at socket: String, meta: JSON = .object([])
    ) async throws -> JSON {
        let wire = try WireSocket(unix: socket)
        let line: JSON = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": params, "meta": meta]
        try await wire.send(String(decoding: line.text, as: UTF8.self) + "\n")
        return try JSON.read(Array(try await wire.line().utf8))
    }

    private func token(_ reply: JSON, _ name: String) throws -> JSON { try #require(reply.at("result", name)) }

    @Test("each method answers each error of its own, and each common one is answered", .timeLimit(.minutes(2)))
    func all() async throws {
        let ledger = Ledger()
        try await accounts(ledger)
        try await administration(ledger)
        try await system(ledger)
        try await common(ledger)
        for method in authAPI.methods {
            let unseen = Set(method.spec.errors.map(\.rawValue)).subtracting(ledger.seen[method.spec.name] ?? [])
            #expect(unseen == [], "of \(method.spec.name)")
        }
        let seen = ledger.seen.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        #expect(Set(MethodSpec.commonErrors.map(\.rawValue)).subtracting(seen) == [])
    }

    // MARK: Accounts and tokens

    /// Which methods take an access token, and what else they want.
    private static let protected: [(method: String, rest: JSON)] = [
        ("auth.logout", .object([])), ("auth.logout_all", .object([])), ("user.get_current_user", .object([])),
        ("session.list", .object([])), ("user.events", .object([])), ("token.verify", .object([])),
        ("session.revoke", ["session_id": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10"]),
        (
            "password.change_password",
            ["current_password": "correct horse battery", "new_password": "another good one"]
        ),
    ]

    private func administration(_ ledger: Ledger) async throws {
        let daemon = try await Daemon()
        let socket = daemon.adminSocket
        let unknown: JSON = "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10"
        for (method, params) in [
            ("admin.get_user", ["user_id": unknown]), ("admin.update_user", ["user_id": unknown]),
            ("admin.set_password", ["user_id": unknown, "password": .string(password)]),
            ("admin.sign_out", ["user_id": unknown]), ("admin.unblock", ["user_id": unknown]),
            ("admin.delete_user", ["user_id": unknown, "email": "ada@example.org"]),
        ] as [(String, JSON)] {
            try await expect(.userNotFound, from: method, params, at: socket, ledger)
        }
        let account: JSON = ["email": "ada@example.org", "password": .string(password)]
        let created = try await call("admin.create_user", account, at: socket)
        let id = try token(created, "id")
        _ = try await call("admin.create_user", ["email": "eve@example.org"], at: socket)
        try await expect(.userExists, from: "admin.create_user", account, at: socket, ledger)
        try await expect(
            .userExists, from: "admin.update_user", ["user_id": id, "email": "eve@example.org"], at: socket, ledger)
        try await expect(
            .passwordValidation, from: "admin.create_user", ["email": "b@example.org", "password": "short"], at: socket,
            ledger)
        try await expect(
            .passwordValidation, from: "admin.set_password", ["user_id": id, "password": "short"], at: socket, ledger)
        try await expect(.validation, from: "admin.create_user", ["email": "nobody"], at: socket, ledger)
        try await expect(
            .validation, from: "admin.update_user", ["user_id": id, "email": "nobody"], at: socket, ledger)
        try await expect(
            .sessionNotFound, from: "admin.sign_out", ["user_id": id, "session_id": unknown], at: socket, ledger)
        _ = try await call("admin.update_user", ["user_id": id, "is_active": false], at: socket)
        try await expect(.userInactive, from: "admin.set_password", ["user_id": id], at: socket, ledger)
    }

    private func accounts(_ ledger: Ledger) async throws {
        let directory = try ScratchDirectory()
        let settings = ["AUTH_SECRET_KEY": Self.secret]
        var daemon = try await Daemon(settings, in: directory)
        var socket: String { directory.path + "/run/mvp-auth.sock" }
        let email: JSON = "ada@example.org"
        let credentials: JSON = ["email": email, "password": .string(password)]
        _ = try await call("user.register", credentials, at: socket)
        try await expect(.userExists, from: "user.register", credentials, at: socket, ledger)
        try await expect(
            .passwordValidation, from: "user.register", ["email": "b@example.org", "password": "short"], at: socket,
            ledger)
        for method in ["user.register", "user.resend_verification", "password.forgot_password"] {
            let params: JSON =
                method == "user.register"
                ? ["email": "nobody", "password": .string(password)] : ["email": "nobody"]
            try await expect(.validation, from: method, params, at: socket, ledger)
        }
        try await expect(
            .invalidCredentials, from: "auth.login", ["email": email, "password": "wrong"], at: socket, ledger)
        try await emailed(daemon, ledger)
        try await tokens(socket, credentials, ledger)

        // The account is deactivated, as an operator does it, while the daemon is down.
        let pair = try await call("auth.login", credentials, at: socket)
        _ = try await call("user.resend_verification", ["email": "eve@example.org"], at: socket)
        _ = try await call("user.register", ["email": "eve@example.org", "password": .string(password)], at: socket)
        _ = try await call("password.forgot_password", ["email": "eve@example.org"], at: socket)
        let verification = try await daemon.mailedToken(.verification, to: "eve@example.org").reveal()
        let reset = try await daemon.mailedToken(.passwordReset, to: "eve@example.org").reveal()
        await daemon.stop()
        try await sql("UPDATE auth_users SET is_active = 0", directory)
        daemon = try await Daemon(settings, in: directory)
        for (method, rest) in Self.protected {
            var params = rest
            params["access_token"] = try token(pair, "access_token")
            try await expect(.userInactive, from: method, params, at: socket, ledger)
        }
        try await expect(
            .userInactive, from: "auth.refresh", ["refresh_token": try token(pair, "refresh_token")], at: socket,
            ledger)
        try await expect(
            .userInactive, from: "user.verify_email", ["token": .string(verification)], at: socket, ledger)
        try await expect(
            .userInactive, from: "password.reset_password",
            ["token": .string(reset), "new_password": "another good one"], at: socket, ledger)
        await daemon.stop()

        let strict = try await Daemon(["AUTH_REQUIRE_EMAIL_VERIFICATION": "true"])
        _ = try await call("user.register", credentials, at: strict.socket)
        try await expect(.emailNotVerified, from: "auth.login", credentials, at: strict.socket, ledger)
    }

    private func emailed(_ daemon: Daemon, _ ledger: Ledger) async throws {
        let email = "ada@example.org"
        let first = try await daemon.mailedToken(.verification, to: email).reveal()
        _ = try await call("user.resend_verification", ["email": .string(email)], at: daemon.socket)
        var second = first
        for _ in 0..<400 where second == first {
            try await Task.sleep(for: .milliseconds(5))
            second = try await daemon.mailedToken(.verification, to: email).reveal()
        }
        _ = try await call("user.verify_email", ["token": .string(first)], at: daemon.socket)
        try await expect(
            .alreadyVerified, from: "user.verify_email", ["token": .string(second)], at: daemon.socket, ledger)
        try await expect(
            .invalidVerificationToken, from: "user.verify_email", ["token": "forged"], at: daemon.socket, ledger)
        try await expect(
            .invalidVerificationToken, from: "password.reset_password",
            ["token": "forged", "new_password": "another good one"], at: daemon.socket, ledger)
        _ = try await call("password.forgot_password", ["email": .string(email)], at: daemon.socket)
        let reset = try await daemon.mailedToken(.passwordReset, to: email).reveal()
        try await expect(
            .passwordValidation, from: "password.reset_password", ["token": .string(reset), "new_password": "short"],
            at: daemon.socket, ledger)
    }

    private func tokens(_ socket: String, _ credentials: JSON, _ ledger: Ledger) async throws {
        let live = try token(try await call("auth.login", credentials, at: socket), "access_token")
        let over = try await call("auth.login", credentials, at: socket)
        let used = try await call("auth.login", credentials, at: socket)
        let claims = try #require(try await call("token.verify", ["access_token": live], at: socket)["result"])
        let expired = try signed(expiredLike: claims, .access)
        _ = try await call("auth.logout", ["access_token": try token(over, "access_token")], at: socket)
        for (method, rest) in Self.protected {
            let bad: [(AuthError.Code, JSON)] = [
                (.tokenInvalid, "forged"), (.tokenExpired, .string(expired)),
                (.tokenRevoked, try token(over, "access_token")),
            ]
            for (code, token) in bad {
                var params = rest
                params["access_token"] = token
                try await expect(code, from: method, params, at: socket, ledger)
            }
            guard method != "auth.logout", method != "token.verify" else { continue }
            var params = rest
            params["user_id"] = "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10"
            try await expect(.userNotFound, from: method, params, at: socket, ledger)
        }
        try await expect(.userNotFound, from: "user.find", ["email": "nobody@example.org"], at: socket, ledger)
        try await expect(
            .sessionNotFound, from: "session.revoke",
            ["access_token": live, "session_id": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10"], at: socket, ledger)
        try await expect(
            .invalidCredentials, from: "password.change_password",
            ["access_token": live, "current_password": "wrong", "new_password": "another good one"], at: socket, ledger)
        try await expect(
            .passwordValidation, from: "password.change_password",
            ["access_token": live, "current_password": .string(password), "new_password": "short"], at: socket, ledger)
        let refresh: [(AuthError.Code, JSON)] = [
            (.tokenInvalid, "forged"), (.tokenExpired, .string(try signed(expiredLike: claims, .refresh))),
            (.tokenRevoked, try token(over, "refresh_token")),
        ]
        for (code, token) in refresh {
            try await expect(code, from: "auth.refresh", ["refresh_token": token], at: socket, ledger)
        }
        let first: JSON = ["refresh_token": try token(used, "refresh_token")]
        _ = try await call("auth.refresh", first, at: socket)
        try await expect(.tokenReuse, from: "auth.refresh", first, at: socket, ledger)
    }

    /// A token of the daemon's own key that has had its time.
    private func signed(expiredLike claims: JSON, _ kind: TokenKind) throws -> String {
        let user = try #require(claims["sub"]?.string.flatMap { UserID($0) })
        let session = try #require(claims["session_id"]?.string.flatMap { SessionID($0) })
        let claims = Claims(
            kind: kind, subject: user, tokenID: "00000000000000000000000000000000", issuedAt: 1_700_000_000,
            expiresAt: 1_700_000_900, sessionID: session, generation: kind == .refresh ? 0 : nil)
        return try KeyRing(secret: Self.secret).sign(claims).reveal()
    }

    private func sql(_ statement: String, _ directory: ScratchDirectory) async throws {
        let script = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()"
        let process = try ChildProcess(
            "/usr/bin/python3", ["-c", script, directory.path + "/state/auth.db", statement], in: directory.path)
        #expect(await process.ended() == 0, "\(process.errors)")
    }

    // MARK: The service

    private func system(_ ledger: Ledger) async throws {
        let directory = try ScratchDirectory()
        let file = directory.path + "/settings"
        try "AUTH_LIMIT_REPLY_BYTES=4096\n".write(toFile: file, atomically: true, encoding: .utf8)
        let daemon = try await Daemon(in: directory, arguments: ["--dev", "--config", file])
        try await expect(.unsupportedProtocol, from: "system.hello", ["protocol": [99]], at: daemon.socket, ledger)
        try await expect(.messageTooLarge, from: "rpc.discover", .object([]), at: daemon.socket, ledger)
        try await expect(.invalidParams, from: "system.ping", ["x": 1], at: daemon.socket, ledger)
        try await expect(
            .deadlineExceeded, from: "system.ping", .object([]), at: daemon.socket, meta: ["timeout_ms": 0], ledger)
        try "AUTH_LIMIT_REPLY_BYTES=none\n".write(toFile: file, atomically: true, encoding: .utf8)
        try await expect(.validation, from: "system.reload", .object([]), at: daemon.adminSocket, ledger)
        for method in ["admin.get_message", "admin.retry_message", "admin.drop_message"] {
            let params: JSON = ["message_id": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10"]
            try await expect(.validation, from: method, params, at: daemon.adminSocket, ledger)
        }
        try await expect(
            .validation, from: "admin.send_test_message", ["email": "nobody"], at: daemon.adminSocket, ledger)
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send(
            """
            {"jsonrpc":"2.0","id":1,"method":"system.hello","params":{"roles":["client"]}}
            {"jsonrpc":"2.0","id":2,"method":"system.stats"}

            """)
        _ = try await wire.line()
        if try await wire.line().contains("PERMISSION_DENIED") { ledger.note("PERMISSION_DENIED", of: "system.stats") }
    }

    // MARK: What any call can meet

    private func common(_ ledger: Ledger) async throws {
        try await busy(ledger)
        try await draining(ledger)
        try await limited(ledger)
        try await withoutMemory(ledger)
        try await withoutDatabase(ledger)
    }

    private let login = #""method":"auth.login","params":["nobody@example.org","wrong password"]"#

    /// Of many calls at once some are refused, and of those that wait one can be cancelled. Which, and in which order
    /// they are answered, is open: it is tried until both have been seen.
    private func busy(_ ledger: Ledger) async throws {
        let daemon = try await Daemon([
            "AUTH_BCRYPT_COST": "10", "AUTH_HASHING_THREADS": "1", "AUTH_HASHING_QUEUE": "1",
        ])
        let wire = try WireSocket(unix: daemon.socket)
        let ids = 0..<8
        let logins = ids.map { "{\"jsonrpc\":\"2.0\",\"id\":\($0),\(login)}\n" }.joined()
        let cancels = ids.map { #"{"jsonrpc":"2.0","method":"system.cancel","params":{"id":\#($0)}}"# + "\n" }.joined()
        var unseen: Set = ["OVERLOADED", "CANCELLED"]
        for _ in 0..<50 where !unseen.isEmpty {
            try await wire.send(logins)
            for number in ids {
                let line = try await wire.line()
                if number == ids.lowerBound { try await wire.send(cancels) }
                for code in unseen where line.contains(code) {
                    ledger.note(code, of: "auth.login")
                    unseen.remove(code)
                }
            }
        }
        await daemon.stop()
    }

    private func draining(_ ledger: Ledger) async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "15", "AUTH_HASHING_THREADS": "1"])
        let wire = try WireSocket(unix: daemon.socket)
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"system.hello\"}\n")
        _ = try await wire.line()
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":1,\(login)}\n")
        // That one is in flight when the next one has been answered.
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"system.ping\"}\n")
        #expect(try await wire.line().contains("\"id\":2,"))
        daemon.process.send(SIGTERM)
        #expect(try await wire.line().contains("system.draining"))
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"token.verify\",\"params\":[\"x\"]}\n")
        let refused = try await wire.line()
        #expect(refused.contains("SHUTTING_DOWN") && refused.contains("\"executed\":false"))
        if refused.contains("SHUTTING_DOWN") { ledger.note("SHUTTING_DOWN", of: "token.verify") }
        #expect(try await wire.line().contains("\"id\":1,"), "what is in flight is finished")
        #expect(await daemon.process.ended() == 0)
    }

    private func limited(_ ledger: Ledger) async throws {
        let directory = try ScratchDirectory()
        let file = directory.path + "/apps.json"
        try #"{"apps":[{"name":"slow","socket":{},"calls_per_second":1,"burst":1}]}"#
            .write(toFile: file, atomically: true, encoding: .utf8)
        let daemon = try await Daemon(["AUTH_APPS_FILE": file], in: directory)
        let socket = daemon.directory.path + "/run/app-slow.sock"
        _ = try await call("token.verify", ["access_token": "x"], at: socket)
        try await expect(.rateLimited, from: "token.verify", ["access_token": "x"], at: socket, ledger)
    }

    /// A hash that the machine has no memory for is an inner error, and ends nothing.
    private func withoutMemory(_ ledger: Ledger) async throws {
        let directory = try ScratchDirectory().prepared()
        let process = try ChildProcess(
            "/bin/sh", ["-c", "ulimit -v 1000000; exec \"$0\"", Products.path("mvp-authd")],
            environment: [
                "MVP_AUTH_RUNTIME_DIR": directory.path + "/run", "MVP_AUTH_STATE_DIR": directory.path + "/state",
                "AUTH_PASSWORD_ALGORITHM": "argon2id", "AUTH_ARGON2_MEMORY_KIB": "1048576",
                // What threads reserve grows with the processors.
                "AUTH_EVENT_LOOPS": "1", "AUTH_HASHING_THREADS": "1", "MALLOC_ARENA_MAX": "1",
            ], in: directory.path)
        try #require(await process.says("mvp-authd ready"), "\(process.errors)")
        let socket = directory.path + "/run/mvp-auth.sock"
        try await expect(
            .internalError, from: "user.register", ["email": "ada@example.org", "password": .string(password)],
            at: socket, ledger)
        #expect(try await call("system.ping", .object([]), at: socket).at("result", "pong") == true)
        process.send(SIGTERM)
        #expect(await process.ended() == 0)
    }

    private func withoutDatabase(_ ledger: Ledger) async throws {
        let server = try PostgresServer()
        let settings = ["AUTH_DATABASE_URL": server.url(of: try server.makeDatabase())]
        let daemon = try await Daemon(settings)
        server.crash()
        try await expect(.storageUnavailable, from: "system.health", .object([]), at: daemon.socket, ledger)
        await daemon.stop()
        let directory = try ScratchDirectory().prepared()
        let early = try Daemon.launch(settings, in: directory)
        let socket = directory.path + "/run/mvp-auth.sock"
        for _ in 0..<1000 where !FileManager.default.fileExists(atPath: socket) {
            try await Task.sleep(for: .milliseconds(5))
        }
        try await expect(.notReady, from: "system.health", .object([]), at: socket, ledger)
        early.send(SIGTERM)
        #expect(await early.ended() == 0)
    }
}
