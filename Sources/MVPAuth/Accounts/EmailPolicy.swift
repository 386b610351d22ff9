/// Decides what is an email address and which spellings are the same account.
///
/// `canonical` is idempotent and is used by register, login, forgot and the unique index. The local part: ASCII letters
/// lower-cased, anything else in NFC without case mapping (case folding and NFKC turn other characters into ASCII
/// letters, `@` and `.`, which is account takeover). The domain: an A-label (UTS 46) with at least one dot. White space
/// around the address is not part of it.
public struct EmailPolicy: Sendable {
    private let domains: any DomainEncoder

    public static let maximumBytes = 254
    public static let maximumLocalBytes = 64

    public init(domains: any DomainEncoder) {
        self.domains = domains
    }

    /// Throws `VALIDATION_ERROR` naming `field` and what is wrong.
    public func canonical(_ text: String, field: String = "email") throws(AuthError) -> Email {
        switch parse(text) {
        case .success(let email): return email
        case .failure(let problem):
            throw AuthError(
                .validation, "The email address is not acceptable: \(problem.reason).",
                fields: [.init(field, problem.reason)])
        }
    }

    /// The canonical form, or nil when the text is not an address.
    public func canonicalIfValid(_ text: String) -> Email? {
        try? parse(text).get()
    }

    /// With what the canonical forms begin of addresses that begin so: a domain is compared in ASCII once it is whole.
    func canonicalBeginning(_ text: String) -> String {
        if let email = canonicalIfValid(text) { return email.address }
        return String(decoding: nfc(Self.trimmed(text)).utf8.map(lowercased), as: UTF8.self)
    }

    /// Throws `VALIDATION_ERROR` for what no mail can go to, be it stored or not. An adopted row may break a rule; but its
    /// address has an @ with something on either side.
    func requireMailbox(_ text: String) throws(AuthError) {
        let bytes = Self.trimmed(text).utf8
        let hasForm = bytes.count <= 4 * Self.maximumBytes && bytes.dropFirst().dropLast().contains(at)
        if !hasForm { _ = try canonical(text) }
    }

    private struct Problem: Error {
        let reason: String
    }

    /// The text without what phones, forms and copying put around an address: what HTML calls ASCII white space, and
    /// the spaces of other scripts.
    static func trimmed(_ text: String) -> String {
        func isAround(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x09, 0x0A, 0x0C, 0x0D, 0x20: true
            default: !scalar.isASCII && scalar.properties.generalCategory == .spaceSeparator
            }
        }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isAround($0) }),
            let last = scalars.lastIndex(where: { !isAround($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    private func parse(_ untrimmed: String) -> Result<Email, Problem> {
        func fail(_ reason: String) -> Result<Email, Problem> { .failure(Problem(reason: reason)) }
        let text = Self.trimmed(untrimmed)
        guard !text.isEmpty else { return fail("it is empty") }
        guard text.utf8.count <= 4 * Self.maximumBytes else { return fail("it is longer than 254 bytes") }
        guard !text.unicodeScalars.contains(where: Self.becomesASCII) else {
            return fail("a character looks like another one")
        }
        let normalized = nfc(text)
        let bytes = Array(normalized.utf8)
        guard bytes.count(where: { $0 == at }) == 1, let position = bytes.firstIndex(of: at) else {
            return fail("it must contain exactly one @")
        }
        let local = bytes[..<position].map(lowercased)
        guard !local.isEmpty else { return fail("nothing stands before the @") }
        guard local.count <= Self.maximumLocalBytes else { return fail("more than 64 bytes stand before the @") }
        guard let localText = String(validating: local, as: UTF8.self), Self.isAcceptable(localText) else {
            return fail("a character before the @ is not allowed")
        }
        guard local.first != dot, local.last != dot,
            !zip(local, local.dropFirst()).contains(where: { $0 == dot && $1 == dot })
        else { return fail("a dot before the @ is misplaced") }
        guard let domainText = String(validating: bytes[(position + 1)...], as: UTF8.self), !domainText.isEmpty else {
            return fail("nothing stands after the @")
        }
        guard Self.isAcceptable(domainText), let domain = domains.asciiForm(of: domainText) else {
            return fail("the domain is not valid")
        }
        guard domain.utf8.contains(dot) else { return fail("the domain has no dot") }
        let canonical = localText + "@" + domain
        guard canonical.utf8.count <= Self.maximumBytes else { return fail("it is longer than 254 bytes") }
        return .success(Email(canonical: canonical, spelling: localText + "@" + spelling(of: domainText, domain)))
    }

    /// How a domain is answered: in the letters that it was written in, in lower case where that is the same domain.
    private func spelling(of written: String, _ ascii: String) -> String {
        guard !written.utf8.allSatisfy({ $0 < 0x80 }), written.utf8.count <= Self.maximumBytes else { return ascii }
        let lowercased = nfc(written.lowercased())
        let isSame = domains.asciiForm(of: lowercased).map { $0.utf8.elementsEqual(ascii.utf8) } ?? false
        return isSame ? lowercased : written
    }

    private var at: UInt8 { UInt8(ascii: "@") }
    private var dot: UInt8 { UInt8(ascii: ".") }

    private func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    /// RFC 5322 atext and dots for ASCII; letters, digits, symbols and non-leading marks for the rest. No quoting, no
    /// comments, no encoded words, no white space, nothing invisible.
    private static func isAcceptable(_ text: String) -> Bool {
        var isFirst = true
        for scalar in text.unicodeScalars {
            defer { isFirst = false }
            if scalar.isASCII {
                guard isAtomText(UInt8(scalar.value)) else { return false }
                continue
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse,
                .surrogate:
                return false
            case .nonspacingMark, .spacingMark, .enclosingMark:
                if isFirst || scalar.properties.isVariationSelector || scalar.properties.isDefaultIgnorableCodePoint {
                    return false
                }
            default:
                if scalar.properties.isDefaultIgnorableCodePoint || isSyntaxInDisguise(scalar) { return false }
            }
        }
        return !text.utf8.starts(with: "=?".utf8)
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }

    /// The three characters that NFC itself turns into ASCII: the Kelvin sign, the Greek question mark and varia.
    private static func becomesASCII(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{212A}" || scalar == "\u{37E}" || scalar == "\u{1FEF}"
    }

    /// Characters that compatibility normalisation elsewhere (a mail server, a browser) turns into address syntax:
    /// full-width and small forms, and everything whose NFKC contains `@`, `.` or `/` (UTS 36 §3.5).
    private static func isSyntaxInDisguise(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xFF00...0xFF65, 0xFE50...0xFE6F, 0x2024...0x2026, 0x2100...0x2101, 0x2105...0x2106, 0x2488...0x249B,
            0x3002, 0x33C2, 0x33C7, 0x33D8, 0x1F100, 0x2047...0x2049, 0x203C, 0xFE10...0xFE19, 0xFE30, 0x2A74:
            true
        default: false
        }
    }
}
