internal import JSONRPC

/// The rules of framing applied to a whole stream at once, to compare the framer with, which sees it in pieces.
enum ReferenceLines {
    enum Event: Equatable {
        case line([UInt8])
        case overlong
        case foreign(ForeignProtocol)
        case close
    }

    private static let methods = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "PRI", "PROPFIND", "PROPPATCH",
        "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH", "REPORT", "QUERY",
    ]

    /// Of a stream that ends after its last byte.
    static func events(of stream: [UInt8], limits: LineFramer.Limits) -> [Event] {
        let begun = Array(stream.drop(while: isSpace))
        if begun.starts(with: [0x16, 0x03]) { return [.foreign(.tls)] }
        if methods.contains(where: { begins(begun, with: $0) }) { return [.foreign(.http)] }
        var events: [Event] = []
        var isFirst = true
        var (offences, skipped) = (0, 0)
        let lines = begun.split(separator: 0x0a, omittingEmptySubsequences: false)
        for line in lines {
            if line.count > limits.line {
                events.append(.overlong)
                offences += 1
                skipped += line.count
                isFirst = false
                if offences >= limits.offences || skipped >= limits.skipped { return events + [.close] }
                continue
            }
            let content = Array(line.last == 0x0d ? line.dropLast() : line)
            if content.allSatisfy(isSpace) { continue }
            if isFirst && isRequestLine(content) { return events + [.foreign(.http)] }
            isFirst = false
            events.append(.line(content))
        }
        return events
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }

    /// Whether an HTTP method, in any case, and a space or tab come first.
    private static func begins(_ bytes: [UInt8], with method: String) -> Bool {
        guard bytes.count > method.utf8.count else { return false }
        let word = String(decoding: bytes.prefix(method.utf8.count), as: UTF8.self)
        return Array(word.uppercased().utf8) == Array(method.utf8) && word.utf8.allSatisfy { $0 < 0x80 }
            && [0x20, 0x09].contains(bytes[method.utf8.count])
    }

    /// `WORD … HTTP/9…`
    private static func isRequestLine(_ line: [UInt8]) -> Bool {
        let text = line.drop { $0 == 0x20 || $0 == 0x09 }
        let words = text.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count > 1, let first = text.first, let version = words.last, version.count > 5 else { return false }
        let name = String(decoding: version.prefix(5), as: UTF8.self)
        return Unicode.Scalar(first).isASCII && Unicode.Scalar(first).properties.isAlphabetic
            && Array(name.lowercased().utf8) == Array("http/".utf8) && version.prefix(5).allSatisfy { $0 < 0x80 }
            && (0x30...0x39).contains(version[version.startIndex + 5])
    }
}
