/// Numbers and strings.
extension JSONWriter {
    @usableFromInline
    package mutating func int(_ value: Int) { integer(value) }

    package mutating func integer<T: FixedWidthInteger>(_ value: T) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { scratch in
            var start = 48
            var rest = value.magnitude
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                scratch[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            } while rest != 0
            if value < 0 {
                start -= 1
                scratch[start] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: scratch[start...]))
        }
    }

    /// Writes the shortest spelling that reads back as the same number. JSON has no infinity and no NaN: they are
    /// written as null, and refused by ``JSONEncoding``.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        bytes.append(contentsOf: value.description.utf8)
    }

    /// Writes a string: `"` and `\`, the controls, and U+2028 and U+2029, which end a line in JavaScript, are escaped.
    @usableFromInline
    package mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { string(utf8: $0) }
    }

    /// Writes a string given as valid UTF-8.
    @usableFromInline
    package mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var written = 0
        var position = 0
        while true {
            position = JSONWriter.firstSpecial(in: utf8, from: position)
            guard position < utf8.count else { break }
            let length = JSONWriter.escapedLength(in: utf8, at: position)
            if length > 0 {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[written..<position]))
                escape(utf8, at: position)
                written = position + length
            }
            position += max(length, 1)
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[written...]))
        bytes.append(UInt8(ascii: "\""))
    }

    private static func firstSpecial(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var position = start
        while position &+ 8 <= text.count {
            // SAFETY: eight bytes at `position` are inside the buffer.
            let word = UnsafeRawPointer(text.baseAddress.unsafelyUnwrapped + position).loadUnaligned(as: UInt64.self)
            let found = PlainText.specials(in: word.littleEndian)
            if found != 0 { return position &+ (found.trailingZeroBitCount >> 3) }
            position &+= 8
        }
        while position < text.count {
            let byte = text[position]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte >= 0x80 { break }
            position &+= 1
        }
        return position
    }

    /// How many bytes at `position` are to be escaped together: 0 where a byte may stand as it is.
    private static func escapedLength(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
        let byte = text[position]
        if byte < 0x80 { return 1 }
        let isLineSeparator =
            byte == 0xe2 && position + 2 < text.count && text[position + 1] == 0x80 && text[position + 2] & 0xfe == 0xa8
        return isLineSeparator ? 3 : 0
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>, at position: Int) {
        switch text[position] {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x08: raw("\\b")
        case 0x09: raw("\\t")
        case 0x0a: raw("\\n")
        case 0x0c: raw("\\f")
        case 0x0d: raw("\\r")
        case 0xe2: raw(text[position + 2] == 0xa8 ? "\\u2028" : "\\u2029")
        case let control:
            raw("\\u00")
            for digit in [control >> 4, control & 0xf] {
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
