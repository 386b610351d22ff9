/// Turns the inside of a scanned string into the UTF-8 that it stands for.
@usableFromInline
enum Unescape {
    @inline(__always)
    static func hexDigit(_ byte: UInt8) -> UInt16? {
        let digit = byte &- UInt8(ascii: "0")
        if digit < 10 { return UInt16(digit) }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? UInt16(letter) + 10 : nil
    }

    /// Writes the unescaped form of a valid string body and answers its length, which is never above the body's.
    /// A lone surrogate becomes U+FFFD.
    @usableFromInline
    static func write(_ body: UnsafeBufferPointer<UInt8>, to output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var input = 0
        var written = 0
        func put(_ byte: UInt8) {
            output[written] = byte
            written += 1
        }
        while input < body.count {
            let byte = body[input]
            guard byte == UInt8(ascii: "\\") else {
                put(byte)
                input += 1
                continue
            }
            let escaped = body[input + 1]
            input += 2
            switch escaped {
            case UInt8(ascii: "b"): put(0x08)
            case UInt8(ascii: "f"): put(0x0c)
            case UInt8(ascii: "n"): put(0x0a)
            case UInt8(ascii: "r"): put(0x0d)
            case UInt8(ascii: "t"): put(0x09)
            case UInt8(ascii: "u"):
                var scalar = UInt32(codeUnit(body, at: input))
                input += 4
                if scalar & 0xfc00 == 0xd800, input + 6 <= body.count, body[input] == UInt8(ascii: "\\"),
                    body[input + 1] == UInt8(ascii: "u")
                {
                    let low = UInt32(codeUnit(body, at: input + 2))
                    if low & 0xfc00 == 0xdc00 {
                        scalar = 0x10000 + (scalar & 0x3ff) << 10 + (low & 0x3ff)
                        input += 6
                    }
                }
                for byte in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{fffd}")! { put(byte) }
            default: put(escaped)
            }
        }
        return written
    }

    private static func codeUnit(_ body: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt16 {
        var unit: UInt16 = 0
        for offset in 0..<4 { unit = unit << 4 | (hexDigit(body[index + offset]) ?? 0) }
        return unit
    }
}
