internal import InternationalDomains
internal import MVPAuth

/// An address that a message can go to: the domain is written as A-labels, so that only what stands before the @ may
/// need a server that knows SMTPUTF8 (RFC 6531).
struct MailAddress: Sendable, Equatable {
    let local: String
    let domain: String

    var text: String { local + "@" + domain }
    var needsUTF8: Bool { !local.utf8.allSatisfy { $0 < 0x80 } }

    /// Nil when a message to it cannot be written without quoting, or at all.
    init?(_ text: String) {
        let bytes = Array(nfc(text).utf8)
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        guard let local = String(validating: bytes[..<at], as: UTF8.self),
            let written = String(validating: bytes[(at + 1)...], as: UTF8.self),
            (1...64).contains(local.utf8.count), Self.isDotAtom(local),
            let domain = IDN2DomainEncoder().asciiForm(of: written), local.utf8.count + domain.utf8.count < 254
        else { return nil }
        self.local = local
        self.domain = domain
    }

    /// dot-atom-text (RFC 5322 §3.2.3) with what RFC 6532 §3.2 adds to it, except signs that nobody sees.
    private static func isDotAtom(_ text: String) -> Bool {
        let atoms = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard atoms.allSatisfy({ !$0.isEmpty }) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            guard scalar.isASCII else { return Self.isVisible(scalar) }
            switch UInt8(scalar.value) {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
            case let byte: return ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
            }
        }
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse,
            .surrogate:
            false
        default: !scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}

/// An address with the name of whoever has it: `Shop <no-reply@shop.example>`.
package struct Mailbox: Sendable, Equatable {
    let name: String
    let address: MailAddress

    /// Reads `NAME <ADDRESS>` or `ADDRESS`. Nil when it is neither.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        guard bytes.last == UInt8(ascii: ">"), let start = bytes.lastIndex(of: UInt8(ascii: "<")) else {
            guard let address = MailAddress(text) else { return nil }
            (self.name, self.address) = ("", address)
            return
        }
        guard let address = MailAddress(String(decoding: bytes[(start + 1)..<(bytes.count - 1)], as: UTF8.self)) else {
            return nil
        }
        self.address = address
        var name = bytes[..<start].drop { $0 == 0x20 }
        while name.last == 0x20 { name.removeLast() }
        let quote = UInt8(ascii: "\"")
        if name.count >= 2, name.first == quote, name.last == quote { name = name.dropFirst().dropLast() }
        guard !name.contains(where: { "\"<>\\".utf8.contains($0) }) else { return nil }
        self.name = String(decoding: name, as: UTF8.self)
    }
}
