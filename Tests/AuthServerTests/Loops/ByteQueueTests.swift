import Foundation
import Testing

@testable import AuthServer

@Suite("Queue of bytes")
struct ByteQueueTests {
    @Test("bytes leave in the order in which they came, whatever the pieces")
    func order() {
        var queue = ByteQueue()
        var expected: [UInt8] = []
        var next: UInt8 = 0
        for step in 0..<2000 {
            let piece = (0..<(step * 7 % 97)).map { _ in
                next &+= 1
                return next
            }
            piece.withUnsafeBytes { queue.append($0) }
            expected += piece
            let waiting = Array(queue.bytes)
            #expect(waiting == expected)
            let leaving = min(expected.count, step * 13 % 101)
            queue.removeFirst(leaving)
            expected.removeFirst(leaving)
            let (count, isEmpty) = (queue.count, queue.isEmpty)
            #expect(count == expected.count && isEmpty == expected.isEmpty)
        }
        queue.removeAll()
        let left = queue.bytes.count
        #expect(left == 0)
    }

    @Test("room that is not written to is none of its bytes")
    func room() {
        var queue = ByteQueue()
        queue.append(atMost: 100) { room in
            #expect(room.count == 100)
            return 0
        }
        let isEmpty = queue.isEmpty
        #expect(isEmpty)
        queue.append(atMost: 100) { room in
            room.copyBytes(from: [1, 2, 3])
            return 3
        }
        queue.append(atMost: 1000) { room in
            room.copyBytes(from: [4])
            return 1
        }
        let bytes = Array(queue.bytes)
        #expect(bytes == [1, 2, 3, 4])
    }

    @Test("what fits goes into the memory that there is; only what does not moves it")
    func growth() {
        var queue = ByteQueue()
        queue.append(atMost: 20) { room in
            room.copyBytes(from: [1, 2])
            return 2
        }
        let memory = queue.bytes.baseAddress
        // It has taken half as much again as was asked for.
        for room in [28, 1] {
            queue.append(atMost: room) { _ in 0 }
            let now = queue.bytes.baseAddress
            #expect(now == memory)
        }
        queue.append(atMost: 29) { _ in 0 }
        let (now, bytes) = (queue.bytes.baseAddress, Array(queue.bytes))
        #expect(now != memory && bytes == [1, 2])
    }

    /// A queue that a list can hold.
    private final class Holder {
        var queue = ByteQueue()
    }

    /// What this process has of its address space, in bytes: it is all that tells of memory that nobody touches.
    private func addressSpace() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = try #require(text.split(separator: " ").first.flatMap { Int($0) })
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    @Test("an empty one has no memory, one that grows gives back what it had, and one that ends all of it")
    func memory() throws {
        // So much in one piece comes from the system and goes back to it; none of it is touched.
        let large = 64 << 20
        let before = try addressSpace()
        let holders = (0..<64).map { _ in Holder() }
        for holder in holders { holder.queue.append(atMost: large) { _ in 0 } }
        #expect(try addressSpace() - before < 4 << 30, "nothing was written to it")
        for holder in holders {
            holder.queue.append(atMost: large) { _ in 1 }
            holder.queue.removeFirst(1)
        }
        #expect(try addressSpace() - before < 4 << 30, "what was has left")
        for _ in 0..<64 {
            let holder = Holder()
            holder.queue.append(atMost: large) { _ in 1 }
            holder.queue.append(atMost: 2 * large) { _ in 0 }
        }
        #expect(try addressSpace() - before < 4 << 30, "all that had any have ended")
        #expect(holders.allSatisfy { $0.queue.isEmpty })
    }

    @Test("what has left is overwritten where it was")
    func overwriting() {
        var queue = ByteQueue()
        Array("a password, and more".utf8).withUnsafeBytes { queue.append($0) }
        let memory = queue.bytes
        queue.removeFirst(10)
        #expect(memory.prefix(10).allSatisfy { $0 == 0 })
        let left = Array(queue.bytes)
        #expect(left == Array(", and more".utf8))
    }
}
