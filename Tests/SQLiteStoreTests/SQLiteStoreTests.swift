import AuthTesting
import Foundation
import GRDB
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
            let (mode, level) = try await store.pool.writeWithoutTransaction { database in
                (
                    try String.fetchOne(database, sql: "PRAGMA journal_mode"),
                    try Int.fetchOne(database, sql: "PRAGMA synchronous")
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
            let queue = try DatabaseQueue(path: path)
            try await queue.write {
                try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('2999-01 something')")
            }
            try queue.close()
            #expect(
                sentence { try SQLiteStore(path: path) }
                    == "The database \(path) was made by a newer mvp-auth; use that one.")
        }
    }

    @Test("a full disk refuses cleanly and recovers without a restart")
    func survivesFullDisk() async throws {
        try await withDirectory { directory in
            let store = try SQLiteStore(path: directory + "/auth.db")
            let pages = try await store.pool.writeWithoutTransaction {
                try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0
            }
            try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
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
            try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
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

/// What the store says when it cannot be opened.
private func sentence(_ body: () throws -> SQLiteStore) -> String? {
    do {
        _ = try body()
        return nil
    } catch {
        return "\(error)"
    }
}

private func withDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = NSTemporaryDirectory() + "mvp-auth-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(directory)
}
