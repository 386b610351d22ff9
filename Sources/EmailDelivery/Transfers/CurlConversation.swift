internal import Synchronization

/// What was said on both sides of a transfer so far. libcurl's callbacks write into it, on the thread of the transfer.
final class CurlConversation {
    private(set) var phase = TransferResult.Phase.connect
    private(set) var reply: String?
    private(set) var isSignedIn = false
    private let isMail: Bool
    private let upload: [UInt8]
    private var position = 0
    private var expectsReply = true
    private var isOver = false
    /// Of an answer's body, which nobody reads.
    private var received = 0
    private let cancellation: Cancellation

    /// What a body of an answer may have before the connection is given up.
    private static let mostReceived = 64 * 1024

    /// A wish to end a transfer, from any thread.
    final class Cancellation: Sendable {
        private let flag = Atomic(false)

        var isWanted: Bool { flag.load(ordering: .relaxed) }

        func want() { flag.store(true, ordering: .relaxed) }
    }

    init(of transfer: Transfer, cancellation: Cancellation) {
        self.cancellation = cancellation
        switch transfer.work {
        case .greet: (isMail, upload) = (true, [])
        case .message(_, _, let bytes): (isMail, upload) = (true, bytes)
        case .connect, .post: (isMail, upload) = (false, [])
        }
    }

    var isCancelled: Bool { cancellation.isWanted }

    /// The number that the reply begins with; 0 when it is none.
    var replyNumber: Int {
        guard let digits = reply?.utf8.prefix(3), digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return 0 }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Gives the next bytes of the message.
    func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, upload.count - position)
        upload[position..<(position + count)].withUnsafeBytes { room.copyMemory(from: $0) }
        position += count
        return count
    }

    /// False when the server sends more than anybody reads.
    func discard(_ count: Int) -> Bool {
        received += count
        return received <= Self.mostReceived
    }

    func said(_ bytes: UnsafeRawBufferPointer) {
        guard isMail, !isOver else { return }
        // A goodbye, and the answer to it, is no part of what failed before it.
        isOver = bytes.starts(with: "QUIT".utf8)
        if isOver { return }
        // What goes on in an exchange of AUTH has no verb, and is never kept.
        phase = Self.phases.first { bytes.starts(with: $0.verb.utf8) }?.phase ?? (phase == .auth ? .auth : .other)
        (reply, expectsReply) = (nil, true)
    }

    func saidBody() {
        guard isMail else { return }
        phase = .body
        (reply, expectsReply) = (nil, true)
    }

    func heard(_ bytes: UnsafeRawBufferPointer) {
        guard isMail, !isOver else { return }
        let line = bytes.prefix { $0 != 0x0D && $0 != 0x0A }
        if expectsReply { reply = String(decoding: line.prefix(400), as: UTF8.self) }
        // A reply of several lines has a hyphen after its number in all but the last (RFC 5321 §4.2.1).
        expectsReply = line.count < 4 || line[line.startIndex + 3] != UInt8(ascii: "-")
        if phase == .auth, replyNumber == 235 { isSignedIn = true }
    }

    private static let phases: [(verb: String, phase: TransferResult.Phase)] = [
        ("EHLO", .helo), ("HELO", .helo), ("STARTTLS", .starttls), ("AUTH", .auth), ("MAIL", .mail), ("RCPT", .rcpt),
        ("DATA", .data), ("NOOP", .other),
    ]
}
