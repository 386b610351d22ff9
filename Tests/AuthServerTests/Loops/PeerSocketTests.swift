import Glibc
import Testing

@testable import AuthServer

@Suite("Socket of a peer")
struct PeerSocketTests {
    /// Two ends of a connection that never wait.
    private func pair() throws -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
        return (ends[0], ends[1])
    }

    /// All that has arrived.
    private func taken(_ end: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(end, &piece, piece.count), count > 0 { all += piece.prefix(count) }
        return all
    }

    @Test("what the kernel does not take is kept, and goes out in order as the peer takes it")
    func backlog() throws {
        let (ours, theirs) = try pair()
        defer { close(theirs) }
        var socket = PeerSocket(ours)
        let text = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        text.withUnsafeBytes { bytes in
            socket.send(UnsafeRawBufferPointer(rebasing: bytes[..<2_000_000]))
            let kept = socket.unsent
            #expect(kept > 0 && kept < 2_000_000)
            socket.send(UnsafeRawBufferPointer(rebasing: bytes[2_000_000...]))
            let all = socket.unsent
            #expect(all == kept + 1_000_000)
        }
        var received = taken(theirs)
        while socket.unsent > 0 {
            socket.sendUnsent()
            received += taken(theirs)
        }
        #expect(received == text)
        let isBroken = socket.isBroken
        #expect(!isBroken)
    }

    @Test("what is kept goes out with what is sent next, before it")
    func keeping() throws {
        let (ours, theirs) = try pair()
        defer { close(theirs) }
        var socket = PeerSocket(ours)
        Array("one ".utf8).withUnsafeBytes { socket.keep($0) }
        let before = socket.unsent
        #expect(before == 4)
        #expect(taken(theirs).isEmpty)
        Array("two".utf8).withUnsafeBytes { socket.send($0) }
        let after = socket.unsent
        #expect(after == 0)
        #expect(taken(theirs) == Array("one two".utf8))
    }

    @Test("a peer that is gone breaks it, without a signal; a closed one sends and keeps nothing")
    func gone() throws {
        let (ours, theirs) = try pair()
        var socket = PeerSocket(ours)
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 10, alignment: 1)
        defer { room.deallocate() }
        let nothing = socket.receive(into: room)
        write(theirs, "abc", 3)
        let some = socket.receive(into: room)
        close(theirs)
        let end = socket.receive(into: room)
        #expect(nothing == .nothing && some == .bytes(3) && end == .end)
        Array("one".utf8).withUnsafeBytes { socket.send($0) }
        let isBroken = socket.isBroken
        #expect(isBroken)
        socket.close()
        Array("two".utf8).withUnsafeBytes { socket.send($0) }
        let (left, isOpen) = (socket.unsent, socket.isOpen)
        #expect(left == 0 && !isOpen)
    }
}
