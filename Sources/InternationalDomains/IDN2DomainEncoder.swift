internal import CIDN2
public import MVPAuth

/// Domain names as A-labels by libidn2: UTS 46 non-transitional. What comes out must be letters, digits and hyphens
/// (STD 3); libidn2's own flag for that drops other characters in silence.
public struct IDN2DomainEncoder: DomainEncoder {
    private static let flags = Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)

    public init() {}

    public func asciiForm(of domain: String) -> String? {
        guard !domain.isEmpty, domain.utf8.count <= 1024, !domain.utf8.contains(0) else { return nil }
        if let ascii = Self.lowercasedIfPlain(domain) { return ascii }
        var output: UnsafeMutablePointer<UInt8>?
        // SAFETY: libidn2 reads a NUL-terminated string and gives one that is freed here.
        guard idn2_lookup_u8(domain.utf8.map { $0 } + [0], &output, Self.flags) == IDN2_OK.rawValue, let output
        else { return nil }
        defer { idn2_free(output) }
        let ascii = String(cString: output)
        return Self.lowercasedIfPlain(ascii)
    }

    /// The lower-case form of a name of plain LDH labels (RFC 5890 §2.3.1), the last of which is no number (so it is no
    /// IPv4 address). A-labels are checked by libidn2: a wrong one is no plain name.
    private static func lowercasedIfPlain(_ domain: String) -> String? {
        let bytes = domain.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard bytes.count <= 253 else { return nil }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        for label in labels {
            guard (1...63).contains(label.count), label.first != 0x2D, label.last != 0x2D,
                label.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
            else { return nil }
            if label.starts(with: "xn--".utf8), !isALabel(label) { return nil }
        }
        guard let last = labels.last, !last.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether an `xn--` label decodes and encodes to itself.
    private static func isALabel(_ label: ArraySlice<UInt8>) -> Bool {
        var unicode: UnsafeMutablePointer<UInt8>?
        var again: UnsafeMutablePointer<UInt8>?
        var text: UnsafeMutablePointer<CChar>?
        let input = label.map { CChar(bitPattern: $0) } + [0]
        // SAFETY: as above; each result is freed once.
        guard idn2_to_unicode_8z8z(input, &text, 0) == IDN2_OK.rawValue, let text else { return false }
        unicode = UnsafeMutableRawPointer(text).assumingMemoryBound(to: UInt8.self)
        defer { idn2_free(text) }
        guard idn2_lookup_u8(unicode, &again, flags) == IDN2_OK.rawValue, let again else { return false }
        defer { idn2_free(again) }
        return String(cString: again).utf8.elementsEqual(label)
    }
}
