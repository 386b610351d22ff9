import AuthTesting
import Foundation
import MVPAuth
import StoreConformance
import Testing

@testable import SQLiteStore

@Suite("The SQLite store")
struct SQLiteStoreTests {
    @Test("conforms", arguments: StoreConformance.cases)
    func conforms(_ conformance: StoreConformance.Case) async throws {
        try await withDirectory { directory in
            try await conformance.run(on: try SQLiteStore(path: directory + "/auth.db"))
        }
    }

    @Test("conforms by its door alone", arguments: StoreConformance.cases)
    func conformsByDefaults(_ conformance: StoreConformance.Case) async throws {
        try await withDirectory { directory in
            try await conformance.run(on: Defaults(try SQLiteStore(path: directory + "/auth.db")))
        }
    }

    @Test("keeps what it acknowledged when it is opened again")
    func reopens() async throws {
        try await withDirectory { directory in
            let path = directory + "/auth.db"
            let first = try SQLiteStore(path: path)
            let user = account("ada@example.org")
            try await first.create(user)
            await first.close()
            let second = try SQLiteStore(path: path)
            #expect(try await second.user(user.id) == user)
            await second.close()
        }
    }

    @Test("syncs every commit")
    func isFullySynchronous() async throws {
        try await withDirectory { directory in
            let store = try SQLiteStore(path: directory + "/auth.db")
            let (mode, level) = try await store.writer.run { database in
                (
                    try database.first("PRAGMA journal_mode") { try $0.text(0) },
                    try database.first("PRAGMA synchronous") { try $0.integer(0) }
                )
            }
            #expect(mode == "wal" && level == 2)
            await store.close()
        }
    }

    @Test("has one owner at a time")
    func refusesSecondOwner() async throws {
        try await withDirectory { directory in
            let path = directory + "/auth.db"
            let store = try SQLiteStore(path: path)
            #expect(
                sentence { try SQLiteStore(path: path) } == "The database \(path) is in use by another mvp-auth daemon."
            )
            await store.close()
            await (try SQLiteStore(path: path)).close()
        }
    }

    @Test("is private, whatever the umask")
    func isPrivate() async throws {
        try await withDirectory { directory in
            let old = umask(0)
            defer { umask(old) }
            let store = try SQLiteStore(path: directory + "/auth.db")
            try await store.create(account("ada@example.org"))
            for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
                let mode = try FileManager.default.attributesOfItem(atPath: directory + "/" + name)[.posixPermissions]
                #expect(mode as? Int == 0o600, "\(name)")
            }
            await store.close()
        }
    }

    @Test("says in one sentence what is wrong with a path")
    func explainsPaths() async throws {
        try await withDirectory { directory in
            let missing = directory + "/none/auth.db"
            #expect(
                sentence { try SQLiteStore(path: missing) }
                    == "The directory \(directory)/none of the database does not exist.")
            let text = directory + "/text.db"
            try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: text))
            #expect(sentence { try SQLiteStore(path: text) } == "\(text) is not a SQLite database.")
            let link = directory + "/link.db"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: text)
            #expect(sentence { try SQLiteStore(path: link) }?.contains("cannot be opened") == true)
        }
    }

    @Test("refuses a schema from the future and leaves it alone")
    func refusesNewerSchema() async throws {
        try await withDirectory { directory in
            let path = directory + "/auth.db"
            await (try SQLiteStore(path: path)).close()
            try Connection(path, .readWrite, patience: 0).execute(
                "INSERT INTO grdb_migrations (identifier) VALUES ('2999-01 something')")
            #expect(
                sentence { try SQLiteStore(path: path) }
                    == "The database \(path) was made by a newer mvp-auth; use that one.")
            let backup = sentence { _ = try DatabaseBackup.restore(path, to: directory + "/other.db") }
            #expect(backup == "\(path) was made by a newer mvp-auth; use that one.")
            let after = try Connection(path, .readOnly, patience: 0).all("SELECT identifier FROM grdb_migrations") {
                try $0.text(0)
            }
            #expect(
                after == [
                    "2026-11 accounts and sessions", "2026-11 messages", "2026-11 lists", "2026-11 throttles",
                    "2026-11 messages by state", "2026-11 events", "2999-01 something",
                ])
        }
    }

    @Test("a full disk refuses cleanly and recovers without a restart")
    func survivesFullDisk() async throws {
        try await withDirectory { directory in
            let store = try SQLiteStore(path: directory + "/auth.db")
            try await store.writer.run { database in
                let pages = try database.first("PRAGMA page_count") { try $0.integer(0) } ?? 0
                try database.execute("PRAGMA max_page_count = \(pages)")
            }
            let results = await withTaskGroup(of: (User, AuthError?).self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let user = account("u\(index)@example.org")
                        do throws(AuthError) {
                            try await store.create(user)
                            return (user, nil)
                        } catch {
                            return (user, error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let failures = results.compactMap(\.1)
            #expect(!failures.isEmpty)
            #expect(failures.allSatisfy { $0.code == .storageUnavailable && !$0.executed })
            for (user, error) in results { #expect(try await store.user(user.id) == (error == nil ? user : nil)) }
            try await store.writer.run { try $0.execute("PRAGMA max_page_count = 1000000") }
            try await store.create(account("later@example.org"))
            await store.close()
        }
    }

    @Test("a member that fails fails alone")
    func isolatesMembers() async throws {
        try await withDirectory { directory in
            let store = try SQLiteStore(path: directory + "/auth.db")
            try await store.create(account("taken@example.org"))
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<100 {
                    let email = index.isMultiple(of: 10) ? "taken@example.org" : "u\(index)@example.org"
                    group.addTask { (try? await store.create(account(email))) != nil }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(outcomes == 90)
            await store.close()
        }
    }

    @Test("a damaged file is a refusal, never an end of the process")
    func survivesDamage() async throws {
        try await withDirectory { directory in
            let path = directory + "/auth.db"
            let first = try SQLiteStore(path: path)
            let user = account("ada@example.org")
            try await first.create(user)
            await first.close()
            // Every page but the first, which says what the file is.
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes.replaceSubrange(4096..., with: Data(repeating: 0xA5, count: bytes.count - 4096))
            try bytes.write(to: URL(fileURLWithPath: path))
            let refused = sentence { try SQLiteStore(path: path) }
            #expect(refused?.contains("cannot be opened: SQLite error 11:") == true, "\(refused ?? "it opens")")
            await (try SQLiteStore(path: directory + "/other.db")).close()
        }
    }

    @Test("who cancels a reading is told so")
    func cancelsReads() async throws {
        try await withDirectory { directory in
            let store = try SQLiteStore(path: directory + "/auth.db")
            let (begun, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let reading = Task {
                try await store.read { _ in
                    begun.signal()
                    released.wait()
                }
            }
            await wait(for: begun)
            reading.cancel()
            await #expect(throws: AuthError(.cancelled)) { try await reading.value }
            released.signal()
            try await store.ping()
            await store.close()
        }
    }

    @Test("refuses what comes after its close")
    func refusesAfterClose() async throws {
        try await withDirectory { directory in
            let store = try SQLiteStore(path: directory + "/auth.db")
            await store.close()
            await #expect(throws: AuthError(.storageUnavailable)) { try await store.create(account("a@example.org")) }
            await #expect(throws: AuthError(.storageUnavailable)) { try await store.ping() }
        }
    }
}
