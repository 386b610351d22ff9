import StrictJSON
import Testing

@testable import JSONRPC

@Suite("Lines out of a stream")
struct FramingTests {
    /// What came out of a stream that was cut into chunks.
    private func events(_ stream: [UInt8], chunk: Int, limits: LineFramer.Limits = .init(), finishes: Bool = true)
        -> [String]
    {
        var framer = LineFramer(limits: limits)
        var log: [String] = []
        func note(_ event: LineFramer.Event) {
            switch event {
            case .line(let line): log.append(String(decoding: line, as: UTF8.self))
            case .overlong: log.append("<overlong>")
            case .foreign(let found, let head): log.append("<\(found)> \(head.count)")
            case .close: log.append("<close>")
            }
        }
        var start = 0
        while start < stream.count {
            let end = min(stream.count, start + chunk)
            Array(stream[start..<end]).withUnsafeBytes { bytes in
                var position = 0
                while let event = framer.next(in: bytes, from: &position) { note(event) }
            }
            start = end
        }
        if finishes, let event = framer.finish() { note(event) }
        return log
    }

    @Test("come out the same however the stream is cut", arguments: 1...40)
    func cuts(chunk: Int) {
        let stream = Array("\n\r\n  {\"a\":1}\r\n{\"b\":2}\n \t\n{\"c\":3}\n{\"last\":4}".utf8)
        let log = events(stream, chunk: chunk)
        #expect(log.count == 4 && log.last == "{\"last\":4}" && log[1] == "{\"b\":2}")
        #expect(events(stream, chunk: chunk) == events(stream, chunk: stream.count), "chunks of \(chunk)")
    }

    @Test("that are too long are told once, skipped, and the third ends the stream", arguments: [1, 7, 64, 100_000])
    func overlong(chunk: Int) {
        var limits = LineFramer.Limits()
        limits.line = 32
        let long = String(repeating: "x", count: 50) + "\n"
        let stream = Array(("{}\n" + long + "{}\n" + long + "{}\n" + long + "{}\n").utf8)
        #expect(
            events(stream, chunk: chunk, limits: limits) == [
                "{}", "<overlong>", "{}", "<overlong>", "{}", "<overlong>", "<close>",
            ])
        #expect(
            events(Array(String(repeating: "y", count: 32).utf8) + [0x0A], chunk: chunk, limits: limits).first?.count
                == 32)
    }

    @Test("a line without end is skipped without being stored, up to a bound")
    func endless() {
        var limits = LineFramer.Limits()
        limits.line = 16
        limits.skipped = 10_000
        #expect(
            events([UInt8](repeating: 0x78, count: 20_000), chunk: 1000, limits: limits, finishes: false) == [
                "<overlong>", "<close>",
            ])
    }

    @Test(
        "of other protocols are recognised, also after blank lines, in any cut",
        arguments: [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\nPOST /auth HTTP/1.1\r\n\r\n{}",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}",
            "OPTIONS * HTTP/1.0\r\n\r\n",
        ])
    func foreign(stream: String) {
        for chunk in 1...stream.utf8.count {
            let log = events(Array(stream.utf8), chunk: chunk, finishes: false)
            #expect(log.count == 1 && log[0].hasPrefix("<"), "\(chunk): \(log)")
        }
    }

    @Test("as many bytes as may be skipped end the stream, and one less does not", arguments: [1, 10, 99, 100, 1000])
    func skipped(chunk: Int) {
        var limits = LineFramer.Limits()
        (limits.line, limits.skipped, limits.offences) = (16, 100, 100)
        func log(_ count: Int) -> [String] {
            events(Array((String(repeating: "x", count: count) + "\n{}\n").utf8), chunk: chunk, limits: limits)
        }
        #expect(log(99) == ["<overlong>", "{}"])
        #expect(log(100) == ["<overlong>", "<close>"])
    }

    @Test("a request of a method that nobody knows is foreign as the first line, and a line like any other later")
    func requestLine() {
        let request = "FOO / HTTP/1.1"
        for chunk in 1...20 {
            for end in ["", "\n", "\r\n"] {
                #expect(events(Array((request + end).utf8), chunk: chunk) == ["<http> 14"], "\(chunk)")
                #expect(events(Array(("{}\n" + request + end).utf8), chunk: chunk) == ["{}", request], "\(chunk)")
            }
        }
    }

    @Test("of white space are passed over, and what follows white space is not", arguments: 1...12)
    func blank(chunk: Int) {
        #expect(events(Array("{}\n \n\t\r\n\r\n  {} \n\t[]\n \r\n".utf8), chunk: chunk) == ["{}", "  {} ", "\t[]"])
    }

    @Test("nothing is left after the end of a stream")
    func end() {
        var framer = LineFramer()
        Array("{}".utf8).withUnsafeBytes { bytes in
            var position = 0
            while framer.next(in: bytes, from: &position) != nil {}
        }
        let hasPartialLine = framer.hasPartialLine
        #expect(hasPartialLine)
        guard case .line? = framer.finish() else {
            Issue.record("the last line is lost")
            return
        }
        let isLeftOver = framer.hasPartialLine
        let another = framer.finish()
        #expect(!isLeftOver && another == nil)
    }

    @Test("a head that is kept for the log has at most 200 bytes")
    func head() {
        let log = events(Array(("GET /" + String(repeating: "x", count: 5000) + " HTTP/1.1\r\n\r\n").utf8), chunk: 9000)
        #expect(log.first?.hasSuffix(" 200") == true)
    }

    @Test("leave nothing of themselves in the buffer that put them together")
    func forgotten() {
        var buffer = LineBuffer()
        Array("a password, or the beginning of one".utf8).withUnsafeBytes { buffer.append($0) }
        let memory = buffer.bytes
        buffer.removeAll()
        // As little as this is kept for the next line.
        #expect(memory.count == 35 && memory.allSatisfy { $0 == 0 })
    }

    @Test("the buffer that puts them together gives back what is more than an idle connection may keep")
    func capacity() {
        for (count, isKept) in [(1, true), (1024, true), (1025, false), (5000, false)] {
            var buffer = LineBuffer()
            [UInt8](repeating: 0x78, count: count).withUnsafeBytes { buffer.append($0) }
            buffer.removeAll()
            let hasMemory = buffer.bytes.baseAddress != nil
            #expect(hasMemory == isKept && buffer.isEmpty, "\(count)")
        }
    }

    @Test("the buffer holds what was put into it, and moves it only when there is no room")
    func growth() {
        var buffer = LineBuffer()
        var moves = 0
        var place: UnsafeRawPointer?
        for number in 0..<2048 {
            withUnsafeBytes(of: UInt8(truncatingIfNeeded: number)) { buffer.append($0) }
            if buffer.bytes.baseAddress != place { moves += 1 }
            place = buffer.bytes.baseAddress
        }
        let isWhole = buffer.bytes.elementsEqual((0..<2048).map { UInt8(truncatingIfNeeded: $0) })
        #expect(isWhole && moves <= 4, "256, 512, 1024 and 2048 bytes: \(moves)")
    }

    @Test("a line feed is found wherever it is, and none behind the end")
    func lineFeeds() {
        for count in 0..<100 {
            for end in 0...count {
                var bytes = [UInt8](repeating: 0x78, count: count + 1)
                bytes[end] = 0x0A
                bytes.withUnsafeBytes { all in
                    let line = UnsafeRawBufferPointer(rebasing: all[..<count])
                    for start in Set([0, end / 2, end, min(end + 1, count)]) {
                        let found = LineFeed.first(in: line, from: start)
                        #expect(found == (start <= end && end < count ? end : nil), "\(start) \(end) of \(count)")
                    }
                }
            }
        }
    }
}
