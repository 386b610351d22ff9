/// A short row of bytes that is compared and hashed as bytes: a method name, the lexeme of an id.
///
/// Up to 24 bytes, which is every usual id and method name, live in the value itself and cost no allocation.
package struct ShortBytes: Sendable {
    /// The bytes, followed by zeroes, if there are at most 24.
    private var inline: InlineWords = (0, 0, 0)
    private var long: [UInt8]?
    private let inlineCount: UInt8

    private typealias InlineWords = (UInt64, UInt64, UInt64)

    package init(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count <= MemoryLayout<InlineWords>.size {
            withUnsafeMutableBytes(of: &inline) { $0.copyMemory(from: bytes) }
            inlineCount = UInt8(truncatingIfNeeded: bytes.count)
        } else {
            long = Array(bytes)
            inlineCount = 0
        }
    }

    package init(_ bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { ShortBytes($0) }
    }

    package init(_ text: String) {
        var text = text
        self = text.withUTF8 { ShortBytes(UnsafeRawBufferPointer($0)) }
    }

    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        if let long { return try long.withUnsafeBytes(body) }
        return try withUnsafeBytes(of: inline) { try body(UnsafeRawBufferPointer(rebasing: $0[..<Int(inlineCount)])) }
    }

    package var count: Int { long?.count ?? Int(inlineCount) }

    package var bytes: [UInt8] { withBytes { Array($0) } }

    /// The bytes as text, for logs and messages.
    package var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

extension ShortBytes: Hashable {
    package static func == (a: ShortBytes, b: ShortBytes) -> Bool {
        a.inlineCount == b.inlineCount && a.inline == b.inline && a.long == b.long
    }

    package func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
    }
}

extension ShortBytes: ExpressibleByStringLiteral {
    package init(stringLiteral text: StaticString) {
        self.init(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension ShortBytes: CustomStringConvertible {
    package var description: String { text }
}
