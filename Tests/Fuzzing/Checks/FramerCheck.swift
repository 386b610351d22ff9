internal import JSONRPC

/// The framer against the rules applied to the whole stream: the same events, wherever the stream is cut.
enum FramerCheck {
    static func run(_ stream: [UInt8]) throws(BrokenInvariant) {
        var tight = LineFramer.Limits()
        tight.line = 24
        tight.skipped = 120
        for limits in [LineFramer.Limits(), tight] {
            let expected = ReferenceLines.events(of: stream, limits: limits)
            try compare(stream, cuts: [], limits, expected)
            try compare(stream, cuts: Array(0...stream.count), limits, expected)
            try compare(stream, cuts: cuts(toldBy: stream), limits, expected)
            if stream.count <= 64 {
                for cut in 0...stream.count { try compare(stream, cuts: [cut], limits, expected) }
            }
        }
    }

    /// Places to cut at, at distances that the bytes themselves tell, the last ones first.
    private static func cuts(toldBy stream: [UInt8]) -> [Int] {
        var cuts: [Int] = []
        var place = 0
        for byte in stream.reversed() {
            place += Int(byte & 0x3f)
            if place >= stream.count { break }
            cuts.append(place)
        }
        return cuts
    }

    private static func compare(
        _ stream: [UInt8], cuts: [Int], _ limits: LineFramer.Limits, _ expected: [ReferenceLines.Event]
    ) throws(BrokenInvariant) {
        var framer = LineFramer(limits: limits)
        var events: [ReferenceLines.Event] = []
        var start = 0
        for end in cuts + [stream.count] {
            let piece = Array(stream[start..<end])
            start = end
            try piece.withUnsafeBufferPointer { bytes throws(BrokenInvariant) in
                var position = 0
                while let event = framer.next(in: UnsafeRawBufferPointer(bytes), from: &position) {
                    events.append(try copy(event))
                    try require(events.count <= stream.count + 1, "events without end")
                }
                try require(position == bytes.count, "bytes are left over at \(position) of \(bytes.count)")
            }
        }
        if let event = framer.finish() { events.append(try copy(event)) }
        if let event = framer.finish() { throw BrokenInvariant(description: "\(event) after the end") }
        try require(events == expected, "cut at \(cuts): \(events), expected \(expected)")
        try require(!framer.hasPartialLine, "a line is left over")
    }

    private static func copy(_ event: LineFramer.Event) throws(BrokenInvariant) -> ReferenceLines.Event {
        switch event {
        case .line(let line): return .line(Array(line))
        case .overlong: return .overlong
        case .foreign(let found, let head):
            try require(head.count <= 200 && !head.isEmpty, "the head has \(head.count) bytes")
            try require(excerpt(head).utf8.allSatisfy { (0x20...0x7e).contains($0) }, "an excerpt is not harmless")
            return .foreign(found)
        case .close: return .close
        }
    }
}
