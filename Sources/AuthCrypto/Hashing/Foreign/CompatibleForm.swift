internal import MVPAuth

/// Unicode Normalization Form KC, of which better-auth's hashes are. For nothing else here: it turns other characters
/// into ASCII letters.
enum CompatibleForm {
    static func of(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let mapped = mappings[scalar] { scalars.append(contentsOf: mapped) } else { scalars.append(scalar) }
        }
        return nfc(String(scalars))
    }

    private static let mappings: [Unicode.Scalar: [Unicode.Scalar]] = {
        var mappings: [Unicode.Scalar: [Unicode.Scalar]] = [:]
        func scalar(_ value: UInt32) -> Unicode.Scalar {
            Unicode.Scalar(value) ?? "\u{FFFD}"
        }
        let table = UnsafeBufferPointer(
            start: CompatibilityTable.text.utf8Start, count: CompatibilityTable.text.utf8CodeUnitCount)
        // SAFETY: a StaticString's bytes are immutable and live as long as the process.
        for entry in table.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
            let sides = entry.split(separator: UInt8(ascii: ":"))
            let run = sides[0].split(separator: UInt8(ascii: "-")).map(number)
            let mapped = sides[1].split(separator: UInt8(ascii: "+")).map(number)
            for value in run[0]...(run.last ?? run[0]) {
                // Of a run only the first is said.
                mappings[scalar(value)] = mapped.map { scalar(run.count == 1 ? $0 : $0 + value - run[0]) }
            }
        }
        return mappings
    }()

    private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32 {
        digits.reduce(0) { $0 << 4 | UInt32($1 < 0x40 ? $1 - 0x30 : $1 - 0x41 + 10) }
    }
}
