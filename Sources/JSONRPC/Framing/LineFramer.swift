/// Cuts a stream of bytes into lines. Pure: whoever owns the socket feeds it chunks, cut anywhere.
///
/// A line that lies whole within a chunk is handed out where it lies; only one that straddles chunks is put together
/// in a buffer. CRLF ends a line like LF does, and lines of white space are passed over. An over-long line is reported
/// once and skipped without being stored. Before the first line, HTTP and TLS are recognised: their bytes are never
/// taken for requests.
///
///     while let event = framer.next(in: chunk, from: &position) { … }
package struct LineFramer: ~Copyable {
    package struct Limits: Sendable {
        /// Bytes in a line, its line feed not counted.
        package var line = 65_536
        /// Over-long lines that a connection survives, but for the last.
        package var offences = 3
        /// Bytes skipped, over-long lines taken together, at which the connection ends.
        package var skipped = 16 << 20

        package init() {}
    }

    /// Pointers are valid until the next call, those into the chunk as long as the chunk.
    package enum Event {
        /// A line without its line end. Never blank.
        case line(UnsafeRawBufferPointer)
        /// A line over the limit has begun: answer once. Its rest is being skipped.
        case overlong
        /// Another protocol is spoken here; `head` is the beginning of what was said, at most 200 bytes. Close.
        case foreign(ForeignProtocol, head: [UInt8])
        /// Too many or too long over-long lines. Close.
        case close
    }

    private enum Phase { case head, firstLine, lines, skipping, closing, closed }

    private let limits: Limits
    private var phase = Phase.head
    private var partial = LineBuffer()
    /// Whether `partial` is the line that was handed out last.
    private var isHandedOut = false
    private var offences = 0
    private var skipped = 0

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Whether a line has begun and not ended, skipped ones included: such a state should not last.
    package var hasPartialLine: Bool { phase == .skipping || (!partial.isEmpty && !isHandedOut) }

    /// The next event in `chunk` at or after `position`, which is moved past what has been dealt with. Nil means that
    /// the chunk is used up.
    package mutating func next(in chunk: UnsafeRawBufferPointer, from position: inout Int) -> Event? {
        if isHandedOut { forgetLine() }
        if phase == .head, let event = recognize(chunk, &position) { return event }
        while position < chunk.count {
            switch phase {
            case .head:
                return nil
            case .closing:
                phase = .closed
                return .close
            case .closed:
                position = chunk.count
                return nil
            case .skipping:
                let end = LineFeed.first(in: chunk, from: position)
                skipped += (end ?? chunk.count) - position
                position = end.map { $0 + 1 } ?? chunk.count
                if skipped >= limits.skipped {
                    phase = .closed
                    return .close
                }
                if end != nil { phase = .lines }
            case .firstLine, .lines:
                if let event = line(chunk, &position) { return event }
            }
        }
        if phase == .closing {
            phase = .closed
            return .close
        }
        return nil
    }

    /// What is left when the peer has closed its side: a last line without a line feed, as if it had one.
    package mutating func finish() -> Event? {
        if isHandedOut { forgetLine() }
        switch phase {
        case .closing:
            phase = .closed
            return .close
        case .skipping, .closed:
            phase = .closed
            return nil
        case .head, .firstLine, .lines:
            let isFirst = phase != .lines
            phase = .closed
            isHandedOut = true
            return partial.isEmpty ? nil : handOut(partial.bytes, isFirst: isFirst)
        }
    }

    private mutating func forgetLine() {
        isHandedOut = false
        partial.removeAll()
    }

    /// Before the first line: passes over white space, then decides whether this is JSON-RPC at all.
    private mutating func recognize(_ chunk: UnsafeRawBufferPointer, _ position: inout Int) -> Event? {
        if partial.isEmpty {
            while position < chunk.count && LineFramer.isSpace(chunk[position]) { position += 1 }
        }
        guard position < chunk.count else { return nil }
        let seen = ForeignProtocol.longestPrefix
        let prefix = Array(partial.bytes) + chunk[position...].prefix(seen)
        switch ForeignProtocol.recognize(prefix) {
        case .foreign(let found):
            let head = Array(partial.bytes) + chunk[position...].prefix { $0 != 0x0a }.prefix(200)
            return foreign(found, head)
        case .undecided:
            partial.append(UnsafeRawBufferPointer(rebasing: chunk[position...]))
            position = chunk.count
        case .none:
            phase = .firstLine
        }
        return nil
    }

    private mutating func foreign(_ found: ForeignProtocol, _ head: [UInt8]) -> Event {
        phase = .closed
        partial.removeAll()
        return .foreign(found, head: Array(head.prefix(200)))
    }

    private mutating func line(_ chunk: UnsafeRawBufferPointer, _ position: inout Int) -> Event? {
        let end = LineFeed.first(in: chunk, from: position)
        let piece = UnsafeRawBufferPointer(rebasing: chunk[position..<(end ?? chunk.count)])
        position = end.map { $0 + 1 } ?? chunk.count
        if partial.count + piece.count > limits.line {
            return overlong(partial.count + piece.count, isEnded: end != nil)
        }
        if end != nil && partial.isEmpty {
            let isFirst = phase == .firstLine
            return handOut(piece, isFirst: isFirst)
        }
        partial.append(piece)
        if end == nil { return nil }
        let event = handOut(partial.bytes, isFirst: phase == .firstLine)
        if event == nil { partial.removeAll() } else { isHandedOut = true }
        return event
    }

    /// The event of a complete line; nil if it is blank.
    private mutating func handOut(_ line: UnsafeRawBufferPointer, isFirst: Bool) -> Event? {
        var line = line
        if line.last == UInt8(ascii: "\r") { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
        guard let first = line.first else { return nil }
        if LineFramer.isSpace(first) && line.allSatisfy(LineFramer.isSpace) { return nil }
        if isFirst {
            if ForeignProtocol.isRequestLine(line) { return foreign(.http, Array(line.prefix(200))) }
            if phase == .firstLine { phase = .lines }
        }
        return .line(line)
    }

    private mutating func overlong(_ count: Int, isEnded: Bool) -> Event {
        partial.removeAll()
        offences += 1
        skipped += count
        if offences >= limits.offences || skipped >= limits.skipped {
            phase = .closing
        } else {
            phase = isEnded ? .lines : .skipping
        }
        return .overlong
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
    }
}
