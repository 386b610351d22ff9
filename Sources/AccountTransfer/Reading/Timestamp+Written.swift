internal import MVPAuth

/// Times as databases and other software write them.
extension Timestamp {
    /// RFC 3339, with a space in place of the T, an offset of hours or of hours and minutes, or none, which is UTC; or
    /// digits, as of `init(number:)`.
    init?(written text: String) {
        var bytes = Array(text.utf8)
        if let number = Int(text), bytes.allSatisfy({ (0x30...0x39).contains($0) }) {
            self.init(number: number)
            return
        }
        guard bytes.count >= 19 else { return nil }
        if bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "t") { bytes[10] = UInt8(ascii: "T") }
        var offset: Int64 = 0
        if bytes.last == UInt8(ascii: "Z") || bytes.last == UInt8(ascii: "z") {
            bytes.removeLast()
        } else if let sign = bytes[19...].lastIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) {
            let digits = bytes[(sign + 1)...].filter { $0 != UInt8(ascii: ":") }
            guard digits.count == 2 || digits.count == 4, digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int64(String(decoding: digits, as: UTF8.self))
            else { return nil }
            let minutes = digits.count == 2 ? number * 60 : number / 100 * 60 + number % 100
            offset = bytes[sign] == UInt8(ascii: "-") ? -minutes * 60 : minutes * 60
            bytes.removeSubrange(sign...)
        }
        // Nanoseconds are cut off: stores keep microseconds.
        if bytes.count > 26 { bytes.removeSubrange(26...) }
        guard let local = Timestamp(String(decoding: bytes, as: UTF8.self) + "Z") else { return nil }
        self = local - offset
    }

    /// Seconds since 1970, or milliseconds where the number is too large for seconds of the next centuries.
    init?(number: Int) {
        guard number >= 0, number < 1 << 53 else { return nil }
        self.init(microseconds: number < 100_000_000_000 ? Int64(number) * 1_000_000 : Int64(number) * 1000)
    }
}
