internal import Glibc

/// A connected socket that never waits, and what the peer has not taken of its answers.
struct PeerSocket: ~Copyable {
    let descriptor: Int32
    private var queue = ByteQueue()
    /// Whether nothing can be sent any more.
    private(set) var isBroken = false
    private(set) var isOpen = true

    /// Takes the descriptor over. It is to be told not to wait.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { if isOpen { Glibc.close(descriptor) } }

    mutating func close() {
        guard isOpen else { return }
        (isOpen, isBroken) = (false, true)
        queue.removeAll()
        Glibc.close(descriptor)
    }

    /// Bytes that have been given to it and not been sent.
    var unsent: Int { queue.count }

    enum Arrival: Equatable {
        case bytes(Int)
        case nothing
        /// The peer says no more.
        case end
        case failure
    }

    func receive(into room: UnsafeMutableRawBufferPointer) -> Arrival {
        let count = recv(descriptor, room.baseAddress, room.count, 0)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        return errno == EAGAIN || errno == EINTR ? .nothing : .failure
    }

    /// Puts what arrives after what waits in a queue.
    func receive(into queue: inout ByteQueue, atMost most: Int) -> Arrival {
        var arrival = Arrival.nothing
        queue.append(atMost: most) { room in
            arrival = receive(into: room)
            if case .bytes(let count) = arrival { return count }
            return 0
        }
        return arrival
    }

    /// Sends what it can at once, after what waits already, and keeps the rest.
    mutating func send(_ bytes: UnsafeRawBufferPointer) {
        guard queue.isEmpty else {
            queue.append(bytes)
            return sendUnsent()
        }
        let sent = attempt(bytes)
        if sent < bytes.count, !isBroken { queue.append(UnsafeRawBufferPointer(rebasing: bytes[sent...])) }
    }

    /// Keeps bytes for the next ``sendUnsent()``.
    mutating func keep(_ bytes: UnsafeRawBufferPointer) { queue.append(bytes) }

    /// Sends what it can of what waits.
    mutating func sendUnsent() {
        if !queue.isEmpty { queue.removeFirst(attempt(queue.bytes)) }
    }

    private mutating func attempt(_ bytes: UnsafeRawBufferPointer) -> Int {
        var sent = 0
        while sent < bytes.count, !isBroken {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            let count = Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                isBroken = true
            }
        }
        return sent
    }
}
