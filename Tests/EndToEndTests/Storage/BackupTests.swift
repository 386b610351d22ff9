import Foundation
import StrictJSON
import Testing

/// `mvp-auth backup` and `restore`, on the files of a real daemon.
@Suite("Backup and restore")
struct BackupTests {
    private let eve = #"["eve@example.org","correct horse battery"]"#

    private func code(_ daemon: Daemon, _ method: String, _ params: String) async throws -> String? {
        let line = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#
        return try JSON.read(Array(try await daemon.ask(line).utf8)).at("error", "data", "code")?.string
    }

    private func register(_ name: String, _ daemon: Daemon) async throws {
        #expect(try await code(daemon, "user.register", #"["\#(name)@example.org","correct horse battery"]"#) == nil)
    }

    /// Runs the command, and gives its exit code and what it said.
    private func tool(_ arguments: [String], _ directory: ScratchDirectory) async throws -> (Int32?, String) {
        let process = try ChildProcess(
            Products.path("mvp-auth"), arguments, environment: ["MVP_AUTH_STATE_DIR": directory.path + "/state"],
            in: directory.path)
        let status = await process.ended()
        return (status, process.output + process.errors)
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("A backup is made under load, is whole and private, and comes back")
    func roundTrip() async throws {
        let daemon = try await Daemon()
        let directory = daemon.directory
        let (backup, key) = (directory.path + "/backup.db", directory.path + "/backup.key")
        for index in 0..<20 { try await register("before\(index)", daemon) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<40 { group.addTask { try await register("during\(index)", daemon) } }
            let (status, said) = try await tool(["backup", backup, "--key-file", key], directory)
            #expect(status == 0, "\(said)")
            try await group.waitForAll()
        }
        #expect(try mode(backup) == 0o600 && mode(key) == 0o600)
        #expect(FileManager.default.contentsEqual(atPath: key, andPath: directory.path + "/state/key"))
        try await register("after", daemon)
        let busy = try await tool(["restore", backup], directory)
        #expect(busy.0 == 1 && busy.1.contains("in use"), "\(busy.1)")
        #expect(await daemon.stop() == 0)
        let (status, said) = try await tool(["restore", backup], directory)
        #expect(status == 0 && said.contains("before-restore-1"), "\(said)")
        #expect(try mode(daemon.database) == 0o600)
        let again = try await Daemon(in: directory)
        for index in 0..<20 {
            let params = #"["before\#(index)@example.org","correct horse battery"]"#
            #expect(try await code(again, "auth.login", params) == nil)
        }
        #expect(
            try await code(again, "auth.login", #"["after@example.org","correct horse battery"]"#)
                == "INVALID_CREDENTIALS")
        #expect(await again.stop() == 0)
        // What was there has been kept whole.
        #expect(try await tool(["restore", daemon.database + ".before-restore-1"], directory).0 == 0)
        let first = try await Daemon(in: directory)
        #expect(try await code(first, "auth.login", #"["after@example.org","correct horse battery"]"#) == nil)
    }

    @Test("A log that a crash has left behind goes with its database, not with the backup")
    func staleLog() async throws {
        let daemon = try await Daemon()
        let directory = daemon.directory
        try await register("ada", daemon)
        let backup = directory.path + "/backup.db"
        let (_, warned) = try await tool(["backup", backup], directory)
        #expect(warned.contains("signing key") && warned.contains("--key-file"))
        try await register("eve", daemon)
        daemon.process.send(SIGKILL)
        _ = await daemon.process.ended()
        #expect(FileManager.default.fileExists(atPath: daemon.database + "-wal"))
        #expect(try await tool(["restore", backup], directory).0 == 0)
        let again = try await Daemon(in: directory)
        #expect(try await code(again, "auth.login", #"["ada@example.org","correct horse battery"]"#) == nil)
        #expect(try await code(again, "auth.login", eve) == "INVALID_CREDENTIALS")
        #expect(await again.stop() == 0)
        #expect(try await tool(["restore", daemon.database + ".before-restore-1"], directory).0 == 0)
        let old = try await Daemon(in: directory)
        #expect(try await code(old, "auth.login", eve) == nil, "with what only its log held")
    }

    @Test("Nothing is overwritten, and what is no backup changes nothing")
    func refusals() async throws {
        let daemon = try await Daemon()
        let directory = daemon.directory
        try await register("eve", daemon)
        let taken = directory.path + "/taken"
        try "mine".write(toFile: taken, atomically: true, encoding: .utf8)
        let (status, said) = try await tool(["backup", taken], directory)
        #expect(status == 1 && said.contains("nothing is overwritten"), "\(said)")
        #expect(try String(contentsOfFile: taken, encoding: .utf8) == "mine")
        #expect(try await tool(["backup", directory.path + "/none/backup"], directory).0 == 1)
        #expect(await daemon.stop() == 0)
        for (name, content) in [("text", Data(repeating: 0x41, count: 8192)), ("empty", Data())] {
            let path = directory.path + "/" + name
            try content.write(to: URL(fileURLWithPath: path))
            let (status, said) = try await tool(["restore", path], directory)
            #expect(status == 1 && said.split(separator: "\n").count == 1, "\(said)")
        }
        #expect(try await tool(["restore", directory.path + "/none"], directory).0 == 1)
        let again = try await Daemon(in: directory)
        #expect(try await code(again, "auth.login", eve) == nil)
    }
}
