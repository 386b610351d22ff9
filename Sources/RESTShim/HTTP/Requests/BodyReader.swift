internal import HTTPTypes
internal import NIOCore

/// Reads one body, of a known length or in chunks (RFC 9112 §6 and §7.1).
struct BodyReader {
    private enum State {
        case complete
        case bytes(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailers
        case tooLarge
    }

    private var state: State
    private let limits: RequestReader.Limits
    private var collected = ByteBuffer()
    /// Of chunk extensions and trailers, which are read and forgotten.
    private var overhead = 0
    private var trailers = 0

    /// A chunk's size with its extensions, in bytes.
    private static let longestSizeLine = 1024
    private static let mostExtensionBytes = 4096

    init(_ framing: RequestHead.Framing, _ limits: RequestReader.Limits) {
        self.limits = limits
        state =
            switch framing {
            case .none: .complete
            case .length(let length): .bytes(length)
            case .chunked: .chunkSize
            }
    }

    /// A body that is not going to be read.
    init(tooLargeFor limit: Int) {
        limits = .init(targetBytes: 0, headerBytes: 0, headerFields: 0, bodyBytes: limit)
        state = .tooLarge
    }

    var heldBytes: Int { collected.storageCapacity }

    /// The body; nil when more bytes are needed.
    mutating func next(from input: inout ByteBuffer) throws(Failure) -> ByteBuffer? {
        while true {
            switch state {
            case .complete: return collected
            case .tooLarge: throw .bodyTooLarge(limits.bodyBytes)
            case .bytes(let left):
                if collected.readableBytes == 0, let all = input.readSlice(length: left) { return all }
                let rest = take(left, from: &input)
                state = rest == 0 ? .complete : .bytes(rest)
                if rest > 0 { return nil }
            case .chunkSize:
                guard let line = try line(from: &input, longest: Self.longestSizeLine) else { return nil }
                let size = try size(line)
                guard size <= limits.bodyBytes - collected.readableBytes else { throw .bodyTooLarge(limits.bodyBytes) }
                state = size == 0 ? .trailers : .chunk(size)
            case .chunk(let left):
                let rest = take(left, from: &input)
                state = rest == 0 ? .chunkEnd : .chunk(rest)
                if rest > 0 { return nil }
            case .chunkEnd:
                guard let line = try line(from: &input, longest: 0) else { return nil }
                guard line.readableBytes == 0 else { throw Self.badChunk }
                state = .chunkSize
            case .trailers:
                guard let line = try line(from: &input, longest: limits.headerBytes) else { return nil }
                if line.readableBytes == 0 {
                    state = .complete
                } else {
                    try forget(line)
                }
            }
        }
    }

    private static let badChunk = Failure.malformed("The body is not chunked as RFC 9112 says.")

    /// Moves at most `count` bytes into the body and says how many are missing.
    private mutating func take(_ count: Int, from input: inout ByteBuffer) -> Int {
        guard var piece = input.readSlice(length: min(count, input.readableBytes)) else { return count }
        return count - collected.writeBuffer(&piece)
    }

    private func line(from input: inout ByteBuffer, longest: Int) throws(Failure) -> ByteBuffer? {
        let end = input.readableBytesView.firstIndex(of: 0x0A)
        let length = (end ?? input.writerIndex) - input.readerIndex
        guard length <= longest + 1 else { throw Self.badChunk }
        guard end != nil else { return nil }
        guard length > 0, input.getInteger(at: input.readerIndex + length - 1, as: UInt8.self) == 0x0D else {
            throw Self.badChunk
        }
        let line = input.readSlice(length: length - 1)
        input.moveReaderIndex(forwardBy: 2)
        return line
    }

    /// `1A` or `1A;name=value`. Extensions are not understood, which is how they may be ignored.
    private mutating func size(_ line: ByteBuffer) throws(Failure) -> Int {
        let bytes = line.readableBytesView
        let digits = bytes.prefix { $0.hexValue != nil }
        var size = 0
        for digit in digits {
            // Far beyond every limit it need not be exact.
            size = min(size, Int.max >> 8) << 4 | (digit.hexValue ?? 0)
        }
        let rest = bytes.dropFirst(digits.count)
        let isExtension = rest.isEmpty || rest.drop(while: \.isBlank).first == UInt8(ascii: ";")
        guard !digits.isEmpty, isExtension, rest.allSatisfy(\.isFieldByte) else { throw Self.badChunk }
        overhead += rest.count
        guard overhead <= Self.mostExtensionBytes else { throw Self.badChunk }
        return size
    }

    /// Trailers are checked like header fields, and no route wants any.
    private mutating func forget(_ line: ByteBuffer) throws(Failure) {
        trailers += 1
        overhead += line.readableBytes
        guard trailers <= limits.headerFields, overhead <= limits.headerBytes else {
            throw .headTooLarge("\(limits.headerBytes) bytes or \(limits.headerFields)")
        }
        _ = try HTTPField(line: line)
    }
}
