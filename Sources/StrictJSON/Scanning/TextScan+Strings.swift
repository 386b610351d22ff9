/// Strings: the quotes, the escapes and the UTF-8 between them.
extension TextScan {
    /// Scans a string, from its opening quote past its closing quote, and appends its node.
    mutating func string(into tape: inout JSONTape, defects: inout [JSONDefect]) throws(JSONSyntaxError) {
        let start = position
        var hasEscape = false
        var flaws: Flaws = []
        position += 1
        while true {
            position = PlainText.end(in: text, from: position)
            let byte = text[position]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                try escape(&flaws)
            } else if byte >= 0x80 {
                try nonASCII()
            } else {
                throw unexpected("control character in a string")
            }
        }
        position += 1
        if !flaws.isEmpty {
            if flaws.contains(.loneSurrogate) { defects.append(JSONDefect(kind: .loneSurrogate, node: tape.count)) }
            if flaws.contains(.nul) { defects.append(JSONDefect(kind: .nul, node: tape.count)) }
        }
        tape.append(JSONNode(.string, start: start, end: position, next: tape.count + 1, flag: hasEscape))
    }

    struct Flaws: OptionSet {
        let rawValue: UInt8
        static let loneSurrogate = Flaws(rawValue: 1)
        static let nul = Flaws(rawValue: 2)
    }

    private mutating func escape(_ flaws: inout Flaws) throws(JSONSyntaxError) {
        position += 1
        switch text[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            let unit = try codeUnit()
            if unit == 0 { flaws.insert(.nul) }
            guard unit & 0xf800 == 0xd800 else { return }
            guard unit < 0xdc00, text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u") else {
                flaws.insert(.loneSurrogate)
                return
            }
            let mark = position
            position += 2
            guard try codeUnit() & 0xfc00 == 0xdc00 else {
                // The second escape is not the other half: it is looked at again, for itself.
                position = mark
                flaws.insert(.loneSurrogate)
                return
            }
        default:
            throw unexpected("unknown escape in a string")
        }
    }

    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Unescape.hexDigit(text[position]) else { throw unexpected("expected a hex digit") }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    /// A run of characters above U+007F, by table 3-7 of the Unicode standard: no overlong form, no surrogate,
    /// nothing above U+10FFFF.
    private mutating func nonASCII() throws(JSONSyntaxError) {
        repeat {
            let lead = text[position]
            let second = text[position + 1]
            let length: Int
            switch lead {
            case 0xc2...0xdf where second & 0xc0 == 0x80:
                length = 2
            case 0xe0 where second >= 0xa0 && second <= 0xbf, 0xed where second >= 0x80 && second <= 0x9f,
                0xe1...0xec where second & 0xc0 == 0x80, 0xee...0xef where second & 0xc0 == 0x80:
                length = 3
            case 0xf0 where second >= 0x90 && second <= 0xbf, 0xf4 where second >= 0x80 && second <= 0x8f,
                0xf1...0xf3 where second & 0xc0 == 0x80:
                length = 4
            default:
                throw unexpected("invalid UTF-8")
            }
            if length > 2 && text[position + 2] & 0xc0 != 0x80 { throw unexpected("invalid UTF-8") }
            if length > 3 && text[position + 3] & 0xc0 != 0x80 { throw unexpected("invalid UTF-8") }
            position += length
        } while text[position] >= 0x80
    }
}
