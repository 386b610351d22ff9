/// A 128-bit identifier, written as a lower-case UUID (RFC 9562).
///
/// Compared and hashed as two integers: neither allocation nor Unicode equivalence takes part. The phantom parameter
/// keeps a user's identifier from being passed where a session's is wanted.
public struct Identifier<Entity>: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads exactly the canonical form: 36 ASCII characters, lower-case hexadecimal. One spelling, nothing else.
    @inlinable
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        let parsed = text.withUTF8 { Self.parse(UnsafeRawBufferPointer($0)) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// Reads a UUID as callers may write it: RFC 9562 §4 has hexadecimal digits of either case on input.
    public init?(anyCase text: String) {
        self.init(String(decoding: text.utf8.map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self))
    }

    @inlinable
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> Self? {
        guard bytes.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for index in 0..<36 {
            let byte = bytes[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte &- 0x30
            case 0x61...0x66: digit = byte &- 0x61 &+ 10
            default: return nil
            }
            if digits < 16 {
                words.0 = words.0 << 4 | UInt64(digit)
            } else {
                words.1 = words.1 << 4 | UInt64(digit)
            }
            digits &+= 1
        }
        return Self(high: words.0, low: words.1)
    }

    /// A random version 4 identifier.
    public static func random(from entropy: some Entropy) -> Self {
        let bytes = entropy.bytes(16)
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in bytes[0..<8] { high = high << 8 | UInt64(byte) }
        for byte in bytes[8..<16] { low = low << 8 | UInt64(byte) }
        return Self(high: high & ~0xF000 | 0x4000, low: low & ~(0b11 << 62) | 0b10 << 62)
    }
}

extension Identifier: CustomStringConvertible {
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            write(to: UnsafeMutableRawBufferPointer(buffer))
            return 36
        }
    }

    /// The 32 digits alone.
    var hex: String {
        String(description.utf8.filter { $0 != UInt8(ascii: "-") }.map { Character(Unicode.Scalar($0)) })
    }

    /// Writes the 36 characters to a place that holds them.
    public func write(to place: UnsafeMutableRawBufferPointer) {
        precondition(place.count >= 36)
        var index = 0
        for position in 0..<32 {
            if position == 8 || position == 12 || position == 16 || position == 20 {
                place[index] = UInt8(ascii: "-")
                index &+= 1
            }
            let word = position < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word &>> UInt64((15 &- position & 15) &* 4)) & 0xF
            place[index] = digit &+ (digit < 10 ? 0x30 : 0x57)
            index &+= 1
        }
    }
}

public typealias UserID = Identifier<User>
public typealias SessionID = Identifier<Session>
