/// Base64 with one spelling for each value: no padding, no white space, no bits left over (RFC 4648 §3.5).
///
/// Anything laxer gives a token several spellings, and a blocklist by text a way around it.
enum Base64 {
    struct Alphabet: Sendable {
        fileprivate let digits: [UInt8]
        fileprivate let values: [UInt8]

        fileprivate init(_ last: StaticString) {
            let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
            let digits = letters + Array("\(last)".utf8)
            var values = [UInt8](repeating: 0xFF, count: 256)
            for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
            self.digits = digits
            self.values = values
        }
    }

    static let standard = Alphabet("+/")
    /// RFC 4648 §5, as JWS uses it.
    static let url = Alphabet("-_")

    static func encode(_ bytes: [UInt8], _ alphabet: Alphabet) -> String {
        bytes.withUnsafeBytes { bytes in
            String(unsafeUninitializedCapacity: length(of: bytes.count)) {
                encode(bytes, alphabet, into: UnsafeMutableRawBufferPointer($0))
            }
        }
    }

    /// Appends the digits to other text.
    static func append(_ bytes: UnsafeRawBufferPointer, _ alphabet: Alphabet, to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: length(of: bytes.count), alignment: 1) { space in
            let written = encode(bytes, alphabet, into: space)
            text.append(contentsOf: UnsafeRawBufferPointer(rebasing: space[..<written]))
        }
    }

    /// How many digits so many bytes become.
    static func length(of count: Int) -> Int { (count * 4 + 2) / 3 }

    private static func encode(
        _ bytes: UnsafeRawBufferPointer, _ alphabet: Alphabet, into text: UnsafeMutableRawBufferPointer
    ) -> Int {
        // SAFETY: `text` has room for four digits of each three bytes, and for the digits of what is left over.
        alphabet.digits.withUnsafeBufferPointer { digits in
            var place = 0
            var index = 0
            while index &+ 3 <= bytes.count {
                let (a, b, c) = (bytes[index], bytes[index &+ 1], bytes[index &+ 2])
                text[place] = digits[Int(a >> 2)]
                text[place &+ 1] = digits[Int(a << 4 & 63 | b >> 4)]
                text[place &+ 2] = digits[Int(b << 2 & 63 | c >> 6)]
                text[place &+ 3] = digits[Int(c & 63)]
                index &+= 3
                place &+= 4
            }
            guard index < bytes.count else { return place }
            let a = bytes[index]
            let b = index &+ 1 < bytes.count ? bytes[index &+ 1] : nil
            text[place] = digits[Int(a >> 2)]
            text[place &+ 1] = digits[Int(a << 4 & 63 | (b ?? 0) >> 4)]
            guard let b else { return place &+ 2 }
            text[place &+ 2] = digits[Int(b << 2 & 63)]
            return place &+ 3
        }
    }

    static func decode(_ text: some Collection<UInt8>, _ alphabet: Alphabet) -> [UInt8]? {
        let text = Array(text)
        return text.withUnsafeBytes { decode($0, alphabet) }
    }

    static func decode(_ text: UnsafeRawBufferPointer, _ alphabet: Alphabet) -> [UInt8]? {
        var written: Int?
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4 + 3) { buffer, count in
            written = decode(text, alphabet, into: UnsafeMutableRawBufferPointer(buffer))
            count = written ?? 0
        }
        return written.map { _ in bytes }
    }

    /// Decodes into `output`, which must hold three bytes for every four digits and three more. Nil: not canonical.
    static func decode(
        _ text: UnsafeRawBufferPointer, _ alphabet: Alphabet, into output: UnsafeMutableRawBufferPointer
    ) -> Int? {
        let whole = text.count / 4
        let rest = text.count % 4
        guard rest != 1 else { return nil }
        // SAFETY: indices into `text` stay below its count, into `values` below 256 and into `output` below three for
        // each four digits read.
        return alphabet.values.withUnsafeBufferPointer { values in
            var invalid: UInt8 = 0
            var place = 0
            for group in 0..<whole {
                let a = values[Int(text[group &* 4])]
                let b = values[Int(text[group &* 4 &+ 1])]
                let c = values[Int(text[group &* 4 &+ 2])]
                let d = values[Int(text[group &* 4 &+ 3])]
                invalid |= a | b | c | d
                output[place] = a << 2 | b >> 4
                output[place &+ 1] = b << 4 | c >> 2
                output[place &+ 2] = c << 6 | d
                place &+= 3
            }
            if rest > 0 {
                let a = values[Int(text[whole &* 4])]
                let b = values[Int(text[whole &* 4 &+ 1])]
                invalid |= a | b
                output[place] = a << 2 | b >> 4
                place &+= 1
                if rest == 3 {
                    let c = values[Int(text[whole &* 4 &+ 2])]
                    invalid |= c
                    output[place] = b << 4 | c >> 2
                    place &+= 1
                    guard c & 0x3 == 0 || c == 0xFF else { return nil }
                } else {
                    guard b & 0xF == 0 || b == 0xFF else { return nil }
                }
            }
            return invalid & 0x80 == 0 ? place : nil
        }
    }
}
