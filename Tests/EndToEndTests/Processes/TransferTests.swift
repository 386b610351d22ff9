import AuthAPI
import Contract
import Foundation
import MVPAuth
import MVPAuthClient
import StrictJSON
import Testing

/// `mvp-auth users import` and `export`, against a real daemon.
@Suite("Import and export")
struct TransferTests {
    /// A line of what `foreign_hashes.py` writes.
    private struct Vector: Decodable {
        let kind: String
        let password: String
        let hash: String
    }

    /// One hash of each kind, made by the original software.
    private static func vectors() throws -> [Vector] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
        let text = try String(
            contentsOfFile: path + "/../../AuthCryptoTests/Fixtures/foreign-hashes.jsonl", encoding: .utf8)
        let all = try text.split(separator: "\n").map { try JSONDecoder().decode(Vector.self, from: Data($0.utf8)) }
        // The second of each: the first has a high cost.
        return Dictionary(grouping: all, by: \.kind).values.map { $0[1] }.sorted { $0.kind < $1.kind }
    }

    private func run(
        _ arguments: [String], _ daemon: Daemon, input: String? = nil
    ) async throws -> (status: Int32?, output: String, errors: String) {
        let process = try ChildProcess(
            Products.path("mvp-auth"), arguments,
            environment: ["MVP_AUTH_SOCKET": "unix://" + daemon.socket], in: daemon.directory.path, input: input)
        let status = await process.ended(within: 60)
        return (status, process.output, process.errors)
    }

    private func write(_ lines: [String], _ daemon: Daemon, as name: String = "users.jsonl") throws -> String {
        let path = daemon.directory.path + "/" + name
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func summary(_ output: String) throws -> JSON {
        var scanner = JSONScanner()
        return try JSON(try scanner.scan(Array((output.split(separator: "\n").last ?? "").utf8)))
    }

    private func login(_ email: String, _ password: String, _ daemon: Daemon) async throws {
        let client = daemon.client()
        _ = try await client.call(Login(email: email, password: Secret(password)))
        await client.close()
    }

    @Test("Hashes of every kind are taken over, let their owners in, and travel on to another daemon")
    func everyKind() async throws {
        // The hashes of bcrypt cost 4, which would stay as they are.
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "5"])
        let vectors = try Self.vectors()
        #expect(vectors.count == 25)
        let file = try write(
            vectors.map { vector in
                let json: JSON = [
                    "email": "\(vector.kind)@example.org", "password_hash": .string(vector.hash),
                    "is_verified": true,
                ]
                return String(decoding: json.text, as: UTF8.self)
            }, daemon)
        let imported = try await run(["users", "import", file], daemon)
        #expect(
            imported.status == 0 && imported.output.hasPrefix("25 created, 0 updated, 0 skipped, 0 failed"),
            "\(imported)")
        let exported = daemon.directory.path + "/exported"
        #expect(try await run(["users", "export", "--with-hashes", exported], daemon).status == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: exported)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        for vector in vectors { try await login(vector.kind + "@example.org", vector.password, daemon) }
        // Rehashed, once; then the same import does nothing more.
        let rehashed = try await run(["users", "export", "--with-hashes"], daemon).output
        let stored = try String(contentsOfFile: exported, encoding: .utf8)
        for (before, after) in zip(stored.split(separator: "\n"), rehashed.split(separator: "\n")) {
            let (old, new) = try (JSON.read(Array(before.utf8)), JSON.read(Array(after.utf8)))
            #expect(old["email"] == new["email"] && old["password_hash"] != new["password_hash"], "\(old)")
        }
        for vector in vectors { try await login(vector.kind + "@example.org", vector.password, daemon) }
        for conflict in ["skip", "update"] {
            let again = try await run(["users", "import", "--on-conflict", conflict, file], daemon)
            #expect(again.output.hasPrefix("0 created, 0 updated, 25 skipped, 0 failed"), "\(again)")
        }
        #expect(try await run(["users", "export", "--with-hashes"], daemon).output == rehashed)

        let other = try await Daemon()
        let again = try await run(["users", "import", exported, "--json"], other)
        #expect(try again.status == 0 && summary(again.output)["created"] == 25, "\(again)")
        for vector in vectors { try await login(vector.kind + "@example.org", vector.password, other) }
        let (first, second) = (
            try await run(["users", "export"], daemon).output, try await run(["users", "export"], other).output
        )
        #expect(first == second && first.split(separator: "\n").count == 25)
        #expect(!first.contains("$") && !first.contains("password_hash"))
        for vector in vectors {
            for output in [imported.output, imported.errors, again.output, again.errors, daemon.process.errors] {
                #expect(!output.contains(vector.hash))
            }
        }
        let taken = try await run(["users", "export", exported], daemon)
        #expect(taken.status == 1 && taken.errors.contains("exists already"))
    }

    @Test("Bad rows are told by their line, unknown members once, and the exit code tells that some failed")
    func badRows() async throws {
        let daemon = try await Daemon()
        let secret = "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
        var lines = (0..<250).map { #"{"email":"user\#($0)@example.org","nick":"n"}"# }
        lines[7] = "not json"
        lines[120] = #"{"email":"no address"}"#
        lines[130] = #"{"email":"dear@example.org","password_hash":"\#(secret)"}"#
        lines[249] = #"{"email":"USER0@example.org"}"#
        let file = try write(lines, daemon)
        let rehearsed = try await run(["users", "import", "--dry-run", file], daemon)
        // What comes twice in a file is met only once the first has been written.
        #expect(
            rehearsed.status == 1 && rehearsed.output.contains("247 created, 0 updated, 0 skipped, 3 failed (nothing"))
        #expect(try await run(["users", "export"], daemon).output.isEmpty)
        let imported = try await run(["users", "import", file], daemon)
        #expect(
            imported.status == 1 && imported.output == "246 created, 0 updated, 1 skipped, 3 failed.\n", "\(imported)")
        let errors = imported.errors.split(separator: "\n").map { $0.dropFirst(file.count) }
        #expect(errors.count == 4, "\(errors)")
        #expect(errors[0].hasPrefix(":8: it is not JSON") && errors[1].hasPrefix(":121: email "))
        #expect(errors[2].hasPrefix(":131: password_hash costs"))
        #expect(imported.errors.hasSuffix("Nothing was made of: nick.\n") && !imported.errors.contains("CCCC"))
        #expect(!FileManager.default.fileExists(atPath: file + ".done"))
        let dropped = try await run(["users", "import", "--drop-unusable-hashes", "--json", file], daemon)
        #expect(try summary(dropped.output)["created"] == 1 && summary(dropped.output)["failed"] == 2, "\(dropped)")
        let stdin = try await run(["users", "import", "-"], daemon, input: "email\nlast@example.org\n")
        #expect(stdin.status == 0 && stdin.output.hasPrefix("1 created"))
        let wrong = try await run(["users", "import", "--from", "firebase", file], daemon)
        #expect(wrong.status == 1 && wrong.errors.contains("no list of accounts"))
    }

    @Test("An import that is broken off goes on from its notes, and loses and doubles nobody")
    func resume() async throws {
        let directory = try ScratchDirectory()
        var daemon = try await Daemon(in: directory)
        let count = 10_000
        let file = try write((0..<count).map { #"{"email":"user\#($0)@example.org"}"# }, daemon)
        let process = try ChildProcess(
            Products.path("mvp-auth"), ["users", "import", file, "--timeout", "2"],
            environment: ["MVP_AUTH_SOCKET": "unix://" + daemon.socket], in: directory.path)
        while !FileManager.default.fileExists(atPath: file + ".done"), process.isRunning { await Task.yield() }
        daemon.process.send(SIGKILL)
        _ = await daemon.process.ended()
        #expect(await process.ended(within: 60) != 0)
        #expect(process.errors.contains("rows are done; the same command goes on from there"), "\(process.errors)")
        var scanner = JSONScanner()
        let notes = try JSON(
            try scanner.scan(Array(try #require(FileManager.default.contents(atPath: file + ".done")))))
        let done = try #require(notes["rows"]?.int)
        #expect(done > 0 && done < count && done % 100 == 0)
        daemon = try await Daemon(in: directory)
        let rest = try await run(["users", "import", file, "--json"], daemon)
        let summary = try summary(rest.output)
        // What was committed when the answer was lost is skipped.
        #expect((summary["created"]?.int ?? 0) + (summary["skipped"]?.int ?? 0) == count, "\(rest)")
        #expect(!FileManager.default.fileExists(atPath: file + ".done"))
        let emails = try await run(["users", "export"], daemon).output.split(separator: "\n")
        #expect(emails.count == count && Set(emails).count == count)
    }

    @Test("Notes of another file are refused")
    func otherNotes() async throws {
        let daemon = try await Daemon()
        let file = try write([#"{"email":"ada@example.org"}"#], daemon)
        for notes in [#"{"bytes":7,"rows":1,"created":1,"updated":0,"skipped":0,"failed":0}"#, "{}", "x"] {
            _ = try write([notes], daemon, as: "users.jsonl.done")
            let refused = try await run(["users", "import", file], daemon)
            #expect(refused.status == 1 && refused.errors.contains("users.jsonl.done"), "\(refused)")
        }
        #expect(try await run(["users", "export"], daemon).output.isEmpty)
    }

    @Test("Files of Django and Firebase are read as they are exported")
    func otherSoftware() async throws {
        let daemon = try await Daemon()
        let vectors = Dictionary(uniqueKeysWithValues: try Self.vectors().map { ($0.kind, $0) })
        let django = try #require(vectors["django-pbkdf2"])
        let dump = try write(
            [
                #"[{"model":"auth.group","pk":1,"fields":{"name":"x"}},"#,
                #"{"model":"auth.user","pk":1,"fields":{"email":"ada@example.org","is_active":true,"password":"\#(django.hash)"}}]"#,
            ], daemon, as: "dump.json")
        #expect(try await run(["users", "import", "--from", "django", dump], daemon).output.hasPrefix("1 created"))
        try await login("ada@example.org", django.password, daemon)

        let firebase = try #require(vectors["firebase"])
        // $fbscrypt$v=1,n=5,r=8,p=1,ss=…,sk=…$salt$hash
        let parts = firebase.hash.split(separator: "$")
        let parameters = Dictionary(
            uniqueKeysWithValues: parts[1].split(separator: ",").map { part in
                (String(part.prefix { $0 != "=" }), String(part.drop { $0 != "=" }.dropFirst()))
            })
        let config = try write(
            [
                "hash_config {", "  algorithm: SCRYPT,", "  base64_signer_key: \(parameters["sk"]!),",
                "  base64_salt_separator: \(parameters["ss"]!),", "  rounds: 8,", "  mem_cost: \(parameters["n"]!),",
                "}",
            ], daemon, as: "config")
        let users = try write(
            [
                #"{"users":[{"localId":"a","email":"bob@example.org","passwordHash":"\#(parts[3])","salt":"\#(parts[2])"}]}"#
            ], daemon, as: "firebase.json")
        let imported = try await run(["users", "import", "--from", "firebase", "--hash-config", config, users], daemon)
        #expect(
            imported.output.hasPrefix("1 created") && imported.errors == "Nothing was made of: localId.\n",
            "\(imported)")
        try await login("bob@example.org", firebase.password, daemon)
    }

    @Test("Only an operator may, and a batch has a limit")
    func rights() async throws {
        let daemon = try await Daemon()
        let client = daemon.client(isRestricted: true)
        await #expect(throws: AuthClientError.self) { _ = try await client.call(ImportUsers(users: [])) }
        await #expect(throws: AuthClientError.self) { _ = try await client.call(ExportUsers()) }
        await client.close()
        let admin = daemon.client()
        let many = (0...100).map { TransferredUser(email: "user\($0)@example.org") }
        do throws(AuthClientError) {
            _ = try await admin.call(ImportUsers(users: many))
            Issue.record("a batch of 101 was taken")
        } catch {
            #expect(error.fields.map(\.path) == ["users"])
        }
        #expect(try await admin.call(ImportUsers(users: Array(many.dropLast()))).created == 100)
        await admin.close()
    }

    @Test("The costs for a wished time are settings of the daemon")
    func calibrate() async throws {
        let daemon = try await Daemon()
        let found = try await run(["passwords", "calibrate", "--time", "10", "--json"], daemon)
        #expect(found.status == 0, "\(found)")
        let settings = try summary(found.output)
        #expect((10...15).contains(settings["AUTH_BCRYPT_COST"]?.int ?? 0))
        #expect((19_456...1_048_576).contains(settings["AUTH_ARGON2_MEMORY_KIB"]?.int ?? 0))
        let again = try await Daemon(["AUTH_BCRYPT_COST": "\(settings["AUTH_BCRYPT_COST"]?.int ?? 0)"])
        await again.stop()
    }
}
