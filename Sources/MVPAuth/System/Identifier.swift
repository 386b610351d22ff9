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

    /// Writes the 36 characters to a place that holds them: 8, 4, 4, 4 and 12 digits.
    public func write(to place: UnsafeMutableRawBufferPointer) {
        precondition(place.count >= 36)
        let (a, b) = (Self.digits(of: high >> 32), Self.digits(of: high & 0xFFFF_FFFF))
        let (c, d) = (Self.digits(of: low >> 32), Self.digits(of: low & 0xFFFF_FFFF))
        func put(_ digits: UInt64, at offset: Int) {
            place.storeBytes(of: digits.bigEndian, toByteOffset: offset, as: UInt64.self)
        }
        // Each begins where the one before it has to end; its dash and the next digits overwrite what is too many.
        put(a, at: 0)
        put(b, at: 9)
        put(b << 32, at: 14)
        put(c, at: 19)
        put(c << 32, at: 24)
        put(d, at: 28)
        for dash in stride(from: 8, through: 23, by: 5) { place[dash] = UInt8(ascii: "-") }
    }

    /// The eight hexadecimal digits of 32 bits, the first in the most significant byte.
    private static func digits(of word: UInt64) -> UInt64 {
        var spread = (word & 0xFFFF_0000) << 16 | word & 0x0000_FFFF
        spread = (spread & 0x0000_FF00_0000_FF00) << 8 | spread & 0x0000_00FF_0000_00FF
        spread = (spread & 0x00F0_00F0_00F0_00F0) << 4 | spread & 0x000F_000F_000F_000F
        // A byte for each: those of 10 and more are letters.
        let letters = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }
}

public typealias UserID = Identifier<User>
public typealias SessionID = Identifier<Session>
