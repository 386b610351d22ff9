import Foundation
import StrictJSON
import Testing

/// The SQLite file of a running daemon, written and moved by somebody else.
@Suite("SQLite in other hands")
struct OtherHandsTests {
    private let credentials = #"{"email":"ada@example.org","password":"correct horse battery"}"#

    private func call(_ daemon: Daemon, _ method: String, _ params: String) async throws -> JSON {
        let line = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#
        return try JSON.read(Array(try await daemon.ask(line).utf8))
    }

    private func code(_ daemon: Daemon, _ method: String, _ params: String) async throws -> String? {
        try await call(daemon, method, params).at("error", "data", "code")?.string
    }

    private func write(_ statement: String, _ daemon: Daemon) async throws {
        let script =
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1], timeout=20); d.execute(sys.argv[2]); d.commit()"
        let process = try ChildProcess(
            "/usr/bin/python3", ["-c", script, daemon.database, statement], in: daemon.directory.path)
        #expect(await process.ended() == 0, "\(process.errors)")
    }

    @Test(
        "What another process writes is heard soon",
        arguments: [
            ("UPDATE auth_users SET is_active = 0", "USER_INACTIVE", "USER_INACTIVE"),
            ("UPDATE auth_sessions SET is_revoked = 1", "TOKEN_REVOKED", "TOKEN_REVOKED"),
            ("DELETE FROM auth_sessions", "TOKEN_REVOKED", "TOKEN_INVALID"),
            ("DELETE FROM auth_users", "TOKEN_REVOKED", "TOKEN_INVALID"),
        ])
    func heard(statement: String, access: String, refresh: String) async throws {
        let daemon = try await Daemon()
        _ = try await call(daemon, "user.register", credentials)
        let pair = try await call(daemon, "auth.login", credentials)
        let token = #"{"access_token":"\#(try #require(pair.at("result", "access_token")?.string))"}"#
        let other = #"{"refresh_token":"\#(try #require(pair.at("result", "refresh_token")?.string))"}"#
        for method in ["token.verify", "user.get_current_user"] {
            #expect(try await code(daemon, method, token) == nil)
        }
        try await write(statement, daemon)
        var heard: String?
        for _ in 0..<500 where heard == nil {
            heard = try await code(daemon, "token.verify", token)
            if heard == nil { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(heard == access)
        #expect(try await code(daemon, "user.get_current_user", token) == access)
        #expect(try await code(daemon, "auth.refresh", other) == refresh)
        if statement.contains("is_active") {
            try await write("UPDATE auth_users SET is_active = 1", daemon)
            for _ in 0..<500 where heard != nil {
                heard = try await code(daemon, "token.verify", token)
                if heard != nil { try await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(heard == nil, "and what it takes back")
        }
    }

    @Test("A backup that was written over the file beside its log is not served", arguments: [true, false])
    func writtenOver(wasMadeByCommand: Bool) async throws {
        var daemon = try await Daemon()
        let directory = daemon.directory
        let copy = daemon.database + ".backup"
        _ = try await call(daemon, "user.register", credentials)
        if wasMadeByCommand {
            let backup = try ChildProcess(
                Products.path("mvp-auth"), ["backup", copy],
                environment: ["MVP_AUTH_STATE_DIR": directory.path + "/state"], in: directory.path)
            #expect(await backup.ended() == 0, "\(backup.errors)")
        } else {
            #expect(await daemon.stop() == 0)
            try FileManager.default.copyItem(atPath: daemon.database, toPath: copy)
            daemon = try await Daemon(in: directory)
        }
        let other = credentials.replacingOccurrences(of: "ada", with: "eve")
        _ = try await call(daemon, "user.register", other)
        daemon.process.send(SIGKILL)
        _ = await daemon.process.ended()
        try Data(contentsOf: URL(fileURLWithPath: copy)).write(to: URL(fileURLWithPath: daemon.database))
        let refused = try Daemon.launch([:], in: directory)
        #expect(await refused.ended() != 0)
        #expect(refused.errors.contains("belongs to another file"), "\(refused.errors)")
    }

    @Test("A file that was put beside another's log is not served")
    func staleLog() async throws {
        let daemon = try await Daemon()
        _ = try await call(daemon, "user.register", credentials)
        daemon.process.send(SIGKILL)
        _ = await daemon.process.ended()
        let files = FileManager.default
        try files.copyItem(atPath: daemon.database, toPath: daemon.database + ".copy")
        try files.moveItem(atPath: daemon.database, toPath: daemon.database + ".old")
        try files.moveItem(atPath: daemon.database + ".copy", toPath: daemon.database)
        let refused = try Daemon.launch([:], in: daemon.directory)
        #expect(await refused.ended() != 0)
        #expect(refused.errors.contains("belongs to another file"), "\(refused.errors)")
        try files.removeItem(atPath: daemon.database)
        let missing = try Daemon.launch([:], in: daemon.directory)
        #expect(await missing.ended() != 0)
        #expect(!files.fileExists(atPath: daemon.database), "no new one is made")
        try files.moveItem(atPath: daemon.database + ".old", toPath: daemon.database)
        let again = try await Daemon(in: daemon.directory)
        #expect(try await code(again, "auth.login", credentials) == nil)
    }

    @Test("Files that are moved away take no writes until they are back", arguments: ["", "-wal", "-shm"])
    func moved(suffix: String) async throws {
        let daemon = try await Daemon()
        _ = try await call(daemon, "user.register", credentials)
        let (path, away) = (daemon.database + suffix, daemon.database + suffix + ".away")
        let files = FileManager.default
        try files.moveItem(atPath: path, toPath: away)
        let eve = #"["eve@example.org","correct horse battery"]"#
        let refused = try await call(daemon, "user.register", eve)
        #expect(refused.at("error", "data", "code") == "STORAGE_UNAVAILABLE")
        #expect(refused.at("error", "data", "executed") == false)
        #expect(try await code(daemon, "system.health", "{}") == "STORAGE_UNAVAILABLE")
        for _ in 0..<500 where !daemon.process.errors.contains("renamed, deleted or replaced") {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(daemon.process.errors.contains("renamed, deleted or replaced"))
        // Another file of that name is not the one.
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(try await code(daemon, "user.register", eve) == "STORAGE_UNAVAILABLE")
        try files.removeItem(atPath: path)
        try files.moveItem(atPath: away, toPath: path)
        #expect(try await code(daemon, "user.register", eve) == nil)
        #expect(try await code(daemon, "system.health", "{}") == nil)
        #expect(await daemon.stop() == 0)
        let again = try await Daemon(in: daemon.directory)
        #expect(try await code(again, "auth.login", eve) == nil, "what was acknowledged is there")
    }
}
