/// The parts of a stored hash, between its separators. Of a part that is not there, the text is empty.
struct HashFields {
    private let parts: [Substring.UTF8View]
    private let separator: String

    init(_ text: String, separator: Unicode.Scalar = "$") {
        parts = text[...].utf8.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
        self.separator = String(separator)
    }

    var count: Int { parts.count }

    subscript(index: Int) -> String {
        parts.indices.contains(index) ? String(decoding: parts[index], as: UTF8.self) : ""
    }

    func bytes(_ index: Int) -> [UInt8] { Array(self[index].utf8) }

    /// What comes after so many parts.
    func rest(_ index: Int) -> String {
        parts.dropFirst(index).map { String(decoding: $0, as: UTF8.self) }.joined(separator: separator)
    }

    /// The same, with a separator before it.
    func text(from index: Int) -> String { separator + rest(index) }

    func number(_ index: Int) throws(HashRefusal) -> Int {
        let digits = self[index].utf8
        guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(self[index])
        else { throw .malformed }
        return number
    }

    /// Of a part `name=value`.
    func value(_ index: Int, of name: String) throws(HashRefusal) -> String {
        let part = self[index].utf8
        guard part.starts(with: "\(name)=".utf8) else { throw .malformed }
        return String(decoding: part.dropFirst(name.utf8.count + 1), as: UTF8.self)
    }

    /// Of a part `name=number,name=number`, in this order.
    func numbers(_ index: Int, names: [String]) throws(HashRefusal) -> [Int] {
        let parts = HashFields(self[index], separator: ",")
        guard parts.count == names.count else { throw .malformed }
        var numbers: [Int] = []
        for (index, name) in names.enumerated() {
            numbers.append(try HashFields(parts.value(index, of: name)).number(0))
        }
        return numbers
    }

    func hexadecimal(_ index: Int) throws(HashRefusal) -> [UInt8] {
        guard let bytes = ForeignText.hexadecimal(self[index]) else { throw .malformed }
        return bytes
    }

    func base64(_ index: Int) throws(HashRefusal) -> [UInt8] {
        guard let bytes = ForeignText.base64(self[index]) else { throw .malformed }
        return bytes
    }
}

/// Bytes as other software writes them. Nothing depends on there being one spelling of a value: it is compared decoded.
package enum ForeignText {
    package static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { digit -> UInt8? in
            switch digit {
            case 0x30...0x39: digit - 0x30
            case 0x41...0x46, 0x61...0x66: (digit | 0x20) - 0x61 + 10
            default: nil
            }
        }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// Standard or for URLs (RFC 4648 §4 and §5), or passlib's, which writes a dot for a plus; padded or not.
    package static func base64(_ text: String) -> [UInt8]? {
        let digits = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.utf8.count - digits.count
        guard text.utf8.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") }), digits.count % 4 != 1,
            padding == 0 || (padding < 3 && (digits.count + padding).isMultiple(of: 4))
        else { return nil }
        var bytes: [UInt8] = []
        var (buffer, bits) = (0, 0)
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x41...0x5A: value = digit - 0x41
            case 0x61...0x7A: value = digit - 0x61 + 26
            case 0x30...0x39: value = digit - 0x30 + 52
            case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            default: return nil
            }
            buffer = (buffer & 0xFFF) << 6 | Int(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        return bytes
    }

    /// Standard, without padding.
    package static func base64(of bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        var (buffer, bits) = (0, 0)
        for byte in bytes {
            buffer = (buffer & 0xFF) << 8 | Int(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[buffer >> bits & 63])
            }
        }
        if bits > 0 { text.append(digits[buffer << (6 - bits) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }
}
