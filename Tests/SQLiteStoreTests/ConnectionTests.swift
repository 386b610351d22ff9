import AuthTesting
import Foundation
import MVPAuth
import Synchronization
import Testing

@testable import SQLiteStore

/// What goes into SQLite and comes out of it.
@Suite("A connection to SQLite")
struct ConnectionTests {
    /// A connection to a new database.
    private func withConnection(_ body: (Connection, String) async throws -> Void) async throws {
        try await withDirectory { directory in
            let path = directory + "/test.db"
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            try await body(try Connection(path, .readWrite, patience: 0), path)
        }
    }

    @Test(
        "keeps every byte of a text",
        arguments: [
            "", "\0", "a\0b", "caf\u{E9}", "cafe\u{301}", "\u{212B}\u{C5}A\u{30A}", "\u{FEFF}x", "\u{10FFFF}",
            "it's", "\u{FFFD}", String(repeating: "\u{1F511}", count: 20_000),
        ])
    func texts(text: String) async throws {
        try await withConnection { database, _ in
            try database.execute("CREATE TABLE t (x TEXT) STRICT")
            try database.run("INSERT INTO t VALUES (?)", [text.stored])
            let hex = try database.first("SELECT hex(CAST(x AS BLOB)) FROM t") { try $0.text(0) }
            #expect(hex == text.utf8.map { String(format: "%02X", $0) }.joined(), "what is in the file")
            let read = try #require(try database.first("SELECT x FROM t") { try $0.text(0) })
            #expect(read.utf8.elementsEqual(text.utf8))
            #expect(try database.first("SELECT 1 FROM t WHERE x = ?", [text.stored]) { _ in true } == true)
        }
    }

    @Test("tells texts apart that only Unicode takes for the same")
    func comparesBytes() async throws {
        try await withConnection { database, _ in
            try database.execute("CREATE TABLE t (x TEXT UNIQUE) STRICT")
            for text in ["caf\u{E9}", "cafe\u{301}"] { try database.run("INSERT INTO t VALUES (?)", [text.stored]) }
            #expect(try database.first("SELECT count(*) FROM t") { try $0.integer(0) } == 2)
        }
    }

    @Test("keeps numbers, instants, identifiers and nothing")
    func values() async throws {
        try await withConnection { database, _ in
            let id = UserID.random(from: SystemEntropy())
            let values: [StoredValue] = [
                Int64.min.stored, Int64.max.stored, true.stored, false.stored, Timestamp(microseconds: -1).stored,
                id.stored, String?.none.stored, Timestamp?.none.stored,
            ]
            let row = try database.first("SELECT ?, ?, ?, ?, ?, ?, ?, ?", values) { row in
                (
                    numbers: [try row.integer(0), try row.integer(1)], flags: [try row.flag(2), try row.flag(3)],
                    instant: try row.instant(4), id: try row.identifier(5) as UserID, idText: try row.text(5),
                    nulls: (0..<8).map { row.isNull($0) }
                )
            }
            let read = try #require(row)
            #expect(read.numbers == [.min, .max] && read.flags == [true, false])
            #expect(read.instant == Timestamp(microseconds: -1))
            #expect(read.id == id && read.idText == id.description)
            #expect(read.nulls == [false, false, false, false, false, false, true, true])
        }
    }

    @Test(
        "refuses a value of another kind", arguments: ["NULL", "1.5", "x'00'", "'text'", "7"])
    func otherKinds(value: String) async throws {
        try await withConnection { database, _ in
            func reads(_ read: (borrowing Row) throws -> Void) -> Bool {
                (try? database.first("SELECT \(value)", [], read)) != nil
            }
            #expect(reads { _ = try $0.text(0) } == (value == "'text'"))
            #expect(reads { _ = try $0.integer(0) } == (value == "7"))
            #expect(reads { _ = try $0.text(1) } == false, "a column that is not there")
            #expect(reads { let _: UserID = try $0.identifier(0) } == false)
        }
    }

    @Test("a statement works again after it has failed")
    func worksAgain() async throws {
        try await withConnection { database, _ in
            try database.execute("CREATE TABLE t (x TEXT PRIMARY KEY) STRICT")
            let insert = "INSERT INTO t VALUES (?)"
            #expect(try database.run(insert, ["a".stored]) == 1)
            let refused = sentence { try database.run(insert, ["a".stored]) }
            #expect(
                refused == "SQLite error 19: UNIQUE constraint failed: t.x - while executing `INSERT INTO t VALUES (?)`"
            )
            #expect(try database.run(insert, ["b".stored]) == 1)
            #expect(try database.run("UPDATE t SET x = x || ?", ["!".stored]) == 2)
            // A reading that ends in a throw leaves nothing open: the table can be changed.
            #expect((try? database.all("SELECT x FROM t") { _ = try $0.integer(0) }) == nil)
            try database.execute("ALTER TABLE t ADD COLUMN y TEXT")
            #expect(try database.all("SELECT x FROM t") { try $0.text(0) } == ["a!", "b!"])
        }
    }

    @Test("no value of an error is told")
    func errorsKeepValues() async throws {
        try await withConnection { database, _ in
            try database.execute("CREATE TABLE t (x INTEGER) STRICT")
            let refused = sentence { try database.run("INSERT INTO t VALUES (?)", ["canary".stored]) }
            #expect(refused?.contains("SQLite error 19") == true && refused?.contains("canary") == false)
        }
    }

    @Test("one that reads does not write, and none makes a file")
    func readsOnly() async throws {
        try await withConnection { database, path in
            try database.execute("CREATE TABLE t (x TEXT) STRICT")
            let reader = try Connection(path, .readOnly, patience: 0)
            #expect(sentence { try reader.run("DELETE FROM t") }?.hasPrefix("SQLite error 8:") == true)
            for access in [Connection.Access.readOnly, .readWrite] {
                let refused = sentence { try Connection(path + ".none", access, patience: 0) }
                #expect(refused?.hasPrefix("SQLite error 14:") == true)
            }
            #expect(!FileManager.default.fileExists(atPath: path + ".none"))
        }
    }

    @Test("waits for another's lock as long as it may, and says then that it is busy")
    func busy() async throws {
        try await withConnection { database, path in
            try database.execute("CREATE TABLE t (x TEXT) STRICT; BEGIN IMMEDIATE")
            let other = try Connection(path, .readWrite, patience: 30)
            let start = SystemTime().uptime()
            #expect(sentence { try other.run("INSERT INTO t VALUES ('x')") }?.hasPrefix("SQLite error 5:") == true)
            #expect(SystemTime().uptime() - start >= 20_000_000)
            try database.execute("COMMIT")
            #expect(try other.run("INSERT INTO t VALUES ('x')") == 1)
        }
    }

    @Test("a failure that ends the transaction is seen")
    func transactions() async throws {
        try await withConnection { database, _ in
            #expect(!database.isInsideTransaction)
            try database.run("BEGIN IMMEDIATE")
            #expect(database.isInsideTransaction)
            try database.execute("CREATE TABLE t (x TEXT) STRICT")
            try database.run("ROLLBACK")
            #expect(!database.isInsideTransaction)
            #expect(try database.hasTable("t") == false)
        }
    }
}
