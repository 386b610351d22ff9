/// Numbers and strings.
extension JSONWriter {
    package mutating func int(_ value: Int) { integer(value) }

    package mutating func integer<T: FixedWidthInteger>(_ value: T) {
        append(atMost: 40) { JSONWriter.put(value, at: $0) }
    }

    @inline(__always)
    static func put<T: FixedWidthInteger>(_ value: T, at place: UnsafeMutablePointer<UInt8>) -> Int {
        var length = 1
        var rest = value.magnitude / 10
        while rest != 0 {
            length &+= 1
            rest /= 10
        }
        let sign = value < 0 ? 1 : 0
        if sign == 1 { place[0] = UInt8(ascii: "-") }
        rest = value.magnitude
        var position = length &+ sign
        repeat {
            position &-= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            place[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        } while position > sign
        return length &+ sign
    }

    /// Writes the shortest spelling that reads back as the same number. JSON has no infinity and no NaN: they are
    /// written as null, and refused by ``JSONEncoding``.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        ascii(value.description)
    }

    mutating func ascii(_ text: String) {
        var text = text
        text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
    }

    /// Writes a string: `"` and `\`, the controls, and U+2028 and U+2029, which end a line in JavaScript, are escaped.
    package mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { string(utf8: $0) }
    }

    /// Writes a string given as valid UTF-8.
    package mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
        append(atMost: JSONWriter.mostBytes(for: utf8)) { JSONWriter.put(utf8, at: $0) }
    }

    /// A byte becomes six at most; the quotes are two.
    @inline(__always)
    static func mostBytes(for utf8: UnsafeBufferPointer<UInt8>) -> Int { utf8.count &* 6 &+ 18 }

    /// Writes a string in quotes at a place with room for `mostBytes`.
    @inline(__always)
    static func put(_ utf8: UnsafeBufferPointer<UInt8>, at place: UnsafeMutablePointer<UInt8>) -> Int {
        place[0] = UInt8(ascii: "\"")
        let end = putBody(utf8, at: place + 1)
        end[0] = UInt8(ascii: "\"")
        return end + 1 - place
    }

    /// Copies eight bytes at a time as long as none of them needs a closer look.
    @inline(__always)
    private static func putBody(
        _ utf8: UnsafeBufferPointer<UInt8>, at place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        guard let text = utf8.baseAddress else { return place }
        var output = place
        var position = 0
        while position &+ 8 <= utf8.count {
            // SAFETY: eight bytes at `position` are inside the buffer, and as many fit at `output`.
            let word = UnsafeRawPointer(text + position).loadUnaligned(as: UInt64.self)
            UnsafeMutableRawPointer(output).storeBytes(of: word, as: UInt64.self)
            let specials = PlainText.specials(in: word.littleEndian)
            let plain = specials.trailingZeroBitCount >> 3
            position &+= plain
            output += plain
            if specials != 0 { position &+= putOne(utf8, at: position, &output) }
        }
        while position < utf8.count {
            let byte = text[position]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0xe2 {
                position &+= putOne(utf8, at: position, &output)
            } else {
                output[0] = byte
                output += 1
                position &+= 1
            }
        }
        return output
    }

    /// Writes one byte, or what stands for it; answers how many bytes were dealt with.
    @inline(never)
    private static func putOne(
        _ text: UnsafeBufferPointer<UInt8>, at position: Int, _ output: inout UnsafeMutablePointer<UInt8>
    ) -> Int {
        func put(_ escape: StaticString) {
            output.update(from: escape.utf8Start, count: escape.utf8CodeUnitCount)
            output += escape.utf8CodeUnitCount
        }
        let byte = text[position]
        switch byte {
        case UInt8(ascii: "\""): put("\\\"")
        case UInt8(ascii: "\\"): put("\\\\")
        case 0x08: put("\\b")
        case 0x09: put("\\t")
        case 0x0a: put("\\n")
        case 0x0c: put("\\f")
        case 0x0d: put("\\r")
        case 0..<0x20:
            put(byte < 0x10 ? "\\u000" : "\\u001")
            let digit = byte & 0xf
            output[0] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            output += 1
        case 0xe2 where isLineSeparator(text, at: position):
            put(text[position + 2] == 0xa8 ? "\\u2028" : "\\u2029")
            return 3
        default:
            output[0] = byte
            output += 1
        }
        return 1
    }

    private static func isLineSeparator(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        position + 2 < text.count && text[position + 1] == 0x80 && text[position + 2] & 0xfe == 0xa8
    }
}
