/// Base64 as RFC 4648 §4 has it, with padding.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let three = Array(rest.prefix(3))
            rest = rest.dropFirst(3)
            let value = three.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - three.count))
            for place in 0..<4 {
                text.append(place <= three.count ? digits[value >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for what `encode` does not write; the padding may be missing.
    static func decode(_ text: String) -> [UInt8]? {
        var values: [Int] = []
        let body = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
        for byte in body {
            guard let value = digits.firstIndex(of: byte) else { return nil }
            values.append(value)
        }
        let padding = text.utf8.count - values.count
        guard padding <= 2, padding == 0 || (values.count + padding) % 4 == 0, values.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: values.count, by: 4) {
            let four = Array(values[start..<min(start + 4, values.count)])
            let value = four.reduce(0) { $0 << 6 | $1 } << (6 * (4 - four.count))
            for place in 0..<(four.count - 1) { bytes.append(UInt8(value >> (16 - 8 * place) & 255)) }
            if four.count < 4, value & (four.count == 2 ? 0xFFFF : 0xFF) != 0 { return nil }
        }
        return bytes
    }
}
