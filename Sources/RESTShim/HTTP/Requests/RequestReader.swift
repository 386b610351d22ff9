internal import HTTPTypes
package import NIOCore

/// Reads HTTP/1 requests out of bytes as they come (RFC 9112), one after another: a state machine that knows no channel.
///
/// It is strict wherever a lenient reading would let two servers disagree about where a request ends: lines end in CRLF,
/// names in their colon, and a length is given once. `Upgrade` changes nothing: this server speaks HTTP/1 only, and a
/// request to change is one that may be ignored (RFC 9110 §7.8). After a throw nothing more can be read.
package struct RequestReader {
    package struct Limits: Sendable {
        package var targetBytes: Int
        package var headerBytes: Int
        package var headerFields: Int
        package var bodyBytes: Int

        package init(targetBytes: Int, headerBytes: Int, headerFields: Int, bodyBytes: Int) {
            self.targetBytes = targetBytes
            self.headerBytes = headerBytes
            self.headerFields = headerFields
            self.bodyBytes = bodyBytes
        }
    }

    private enum State {
        case requestLine
        case fields(RequestLine)
        case body(BodyReader)
        case failed
    }

    private let limits: Limits
    private var state = State.requestLine
    private var fields: HTTPFields = [:]
    /// Of the head that is being read.
    private var headBytes = 0
    private var blankLines = 0

    /// Beyond it a line cannot become a request with a target of a length that is taken.
    private static let lineSlack = 64
    private static let mostBlankLines = 8

    package init(_ limits: Limits) {
        self.limits = limits
    }

    /// Nothing of a request has been read, apart from what is left in the input.
    var isBetweenRequests: Bool {
        if case .requestLine = state { true } else { false }
    }

    /// The method of the request that is being read, once its line is complete.
    private(set) var method: String?

    /// Bytes that are kept for a request that is not complete.
    package var heldBytes: Int {
        if case .body(let body) = state { headBytes + body.heldBytes } else { headBytes }
    }

    /// The next head; nil when more bytes are needed.
    package mutating func head(from input: inout ByteBuffer) throws(Failure) -> RequestHead? {
        do throws(Failure) {
            while let line = try nextLine(&input) {
                switch state {
                case .requestLine:
                    if line.readableBytes == 0 {
                        try skipBlankLine()
                    } else {
                        let parsed = try line.withUnsafeReadableBytes { bytes throws(Failure) in
                            try RequestLine(bytes, targetBytes: limits.targetBytes)
                        }
                        method = parsed.method
                        state = .fields(parsed)
                    }
                case .fields(let requestLine):
                    headBytes += line.readableBytes + 2
                    guard line.readableBytes == 0 else {
                        try addField(line)
                        continue
                    }
                    let head = try RequestHead(requestLine, fields)
                    fields = [:]
                    if case .length(let length) = head.framing, length > limits.bodyBytes {
                        state = .body(BodyReader(tooLargeFor: limits.bodyBytes))
                    } else {
                        state = .body(BodyReader(head.framing, limits))
                    }
                    return head
                case .body, .failed: return nil
                }
            }
            return nil
        } catch {
            state = .failed
            throw error
        }
    }

    /// The body of the request whose head was given last; nil when more bytes are needed. After it comes the next head.
    package mutating func body(from input: inout ByteBuffer) throws(Failure) -> ByteBuffer? {
        guard case .body(var reader) = state else { return nil }
        state = .failed
        guard let body = try reader.next(from: &input) else {
            state = .body(reader)
            return nil
        }
        state = .requestLine
        method = nil
        (headBytes, blankLines) = (0, 0)
        return body
    }

    /// The next line without its end.
    private func nextLine(_ input: inout ByteBuffer) throws(Failure) -> ByteBuffer? {
        let isFirst: Bool
        switch state {
        case .requestLine: isFirst = true
        case .fields: isFirst = false
        case .body, .failed: return nil
        }
        // Whatever does not begin as HTTP does will not become it: there is no need to wait for a line.
        if isFirst, let first = input.getInteger(at: input.readerIndex, as: UInt8.self) {
            guard first.isTokenByte || first == 0x0D || first == 0x0A else {
                throw .malformed("This is not a request of HTTP/1.1.")
            }
        }
        let end = input.readableBytesView.firstIndex(of: 0x0A)
        let length = (end ?? input.writerIndex) - input.readerIndex
        if isFirst {
            guard length <= limits.targetBytes + Self.lineSlack else {
                let hasTarget = input.readableBytesView.prefix(Self.lineSlack).contains(0x20)
                throw hasTarget ? .targetTooLong(limits.targetBytes) : .unknownMethod
            }
        } else {
            guard headBytes + length <= limits.headerBytes else { throw .headTooLarge("\(limits.headerBytes) bytes") }
        }
        guard end != nil else { return nil }
        guard length > 0, input.getInteger(at: input.readerIndex + length - 1, as: UInt8.self) == 0x0D else {
            throw .malformed("The lines of a request end in CR LF.")
        }
        let line = input.readSlice(length: length - 1)
        input.moveReaderIndex(forwardBy: 2)
        return line
    }

    /// RFC 9112 §2.2: an empty line before a request is ignored.
    private mutating func skipBlankLine() throws(Failure) {
        blankLines += 1
        guard blankLines <= Self.mostBlankLines else { throw .malformed("A request begins with its request line.") }
    }

    private mutating func addField(_ line: ByteBuffer) throws(Failure) {
        guard fields.count < limits.headerFields else { throw .headTooLarge("\(limits.headerFields)") }
        fields.append(try HTTPField(line: line))
    }
}

extension HTTPField {
    /// `Name: value` (RFC 9112 §5). No space before the colon, no folded lines, no control characters.
    init(line: ByteBuffer) throws(Failure) {
        let bytes = line.readableBytesView
        guard bytes.first?.isBlank != true else {
            throw .malformed("A header field takes one line; folded lines are not read.")
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
            throw .malformed("A header field must be of the form Name: value.")
        }
        let written = bytes[..<colon]
        guard !written.isEmpty, written.allSatisfy(\.isTokenByte),
            let name = HTTPField.Name(String(decoding: written, as: UTF8.self))
        else { throw .malformed("A header field's name must be a token that is followed by a colon.") }
        var value = bytes[(colon + 1)...].drop(while: \.isBlank)
        while value.last?.isBlank == true { value = value.dropLast() }
        guard value.allSatisfy(\.isFieldByte) else {
            throw .malformed("The header \(name.rawName) holds a control character.")
        }
        self.init(name: name, value: value)
    }
}
