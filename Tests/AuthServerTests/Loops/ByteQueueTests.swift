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
