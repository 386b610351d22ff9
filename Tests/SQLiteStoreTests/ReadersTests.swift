import AuthTesting
import Foundation
import MVPAuth
import Synchronization
import Testing

@testable import SQLiteStore

@Suite("The readers")
struct ReadersTests {
    /// Two readers of a database with the table `t`, and a connection that writes.
    private func withReaders(_ body: (Readers, Connection) async throws -> Void) async throws {
        try await withDirectory { directory in
            let path = directory + "/test.db"
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            let writer = try Connection(path, .readWrite, patience: 1000)
            try writer.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x INTEGER) STRICT")
            let readers = Readers(2) { try Connection(path, .readOnly, patience: 1000) }
            try await body(readers, writer)
            await readers.close()
        }
    }

    private static func count(_ database: Connection) throws -> Int64 {
        try database.first("SELECT count(*) FROM t") { try $0.integer(0) } ?? -1
    }

    @Test("read one commit from beginning to end, and the next one after it")
    func isolation() async throws {
        try await withReaders { readers, writer in
            let (begun, written) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let counts = readers.read { database in
                let before = try Self.count(database)
                begun.signal()
                written.wait()
                return (before, try Self.count(database))
            }
            await wait(for: begun)
            try writer.run("INSERT INTO t VALUES (1)")
            written.signal()
            let (before, after) = try await counts
            #expect(before == 0 && after == 0)
            #expect(try await readers.read(Self.count) == 1)
        }
    }

    @Test("serve whoever waits, each once")
    func queueing() async throws {
        try await withReaders { readers, writer in
            try writer.run("INSERT INTO t VALUES (1)")
            let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<500 { group.addTask { try await readers.read(Self.count) } }
                return try await group.reduce(0, +)
            }
            #expect(sum == 500)
        }
    }

    @Test("a reading that throws leaves its connection as it was")
    func failures() async throws {
        try await withReaders { readers, writer in
            for round in 1...5 {
                await #expect(throws: SQLiteError.self) { try await readers.read { try $0.run("SELECT nothing") } }
                try writer.run("INSERT INTO t VALUES (1)")
                #expect(try await readers.read(Self.count) == Int64(round))
            }
        }
    }

    @Test("a cancellation is answered at once, to who waits and who reads, and to nobody else")
    func cancellation() async throws {
        try await withReaders { readers, _ in
            for _ in 0..<50 {
                let (begun, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
                let reading = (0..<2).map { _ in
                    Task {
                        try await readers.read { _ in
                            begun.signal()
                            released.wait()
                        }
                    }
                }
                await wait(for: begun, times: 2)
                let waiting = Task { try await readers.read(Self.count) }
                let patient = Task { try await readers.read(Self.count) }
                for task in reading { task.cancel() }
                waiting.cancel()
                // Both connections are at work still.
                for task in reading { await #expect(throws: CancellationError.self) { try await task.value } }
                await #expect(throws: CancellationError.self) { try await waiting.value }
                for _ in reading { released.signal() }
                let count = try await patient.value
                #expect(count == 0)
            }
        }
    }

    @Test("refuse what comes after their close")
    func closing() async throws {
        try await withReaders { readers, _ in
            let count = try await readers.read(Self.count)
            #expect(count == 0)
            await readers.close()
            await #expect(throws: SQLiteError.self) { try await readers.read(Self.count) }
        }
    }
}
