internal import HTTPTypes
internal import MVPAuth
internal import StrictJSON

/// A token as a link or a page's form brings it: nobody has verified it.
struct LinkToken {
    let text: String

    /// The daemon takes no longer one.
    private static let longest = 8192

    /// Nil for what is no JWT by its looks.
    init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.count <= Self.longest, bytes.count(where: { $0 == UInt8(ascii: ".") }) == 2,
            bytes.allSatisfy({ $0 == UInt8(ascii: ".") || Self.value(of: $0) != nil })
        else { return nil }
        self.text = text
    }

    /// The parameter `token` of a target's query. What mailers and trackers add to links stands beside it.
    init?(target: String?) {
        guard let target, let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
        let pairs = target.utf8[target.utf8.index(after: mark)...].split(separator: UInt8(ascii: "&"))
        let tokens = pairs.filter { $0.starts(with: "token=".utf8) }.map { $0.dropFirst("token=".utf8.count) }
        guard tokens.count == 1, let bytes = FormBody.decoded(tokens[0]) else { return nil }
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    /// The address that the token says it is for.
    ///
    /// Anybody can write a token that says anything, and have a page of ours show it. So only what is plainly an address
    /// is shown, letter for letter, in a sentence that calls it what the link says; nothing is done by it; and a token
    /// that is not ours fails whatever it says. What the page says after the deed is what the daemon has answered.
    func claimedAddress(for kind: TokenKind) -> String? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard let json = Self.decoded(parts[1]) else { return nil }
        var scanner = JSONScanner(depthLimit: 8)
        guard let claims = try? json.withUnsafeBytes({ try scanner.scanFlawless($0) }), claims.kind == .object,
            claims.member(named: "type")?.string == kind.rawValue,
            let address = claims.member(named: "email")?.stringBytes, Self.isPlainAddress(address)
        else { return nil }
        return String(decoding: address, as: UTF8.self)
    }

    /// Letters, digits and little else, so that it can be no sentence, and looks like no other address.
    private static func isPlainAddress(_ bytes: [UInt8]) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].count), (1...253).contains(parts[1].count) else {
            return false
        }
        func isPlain(_ byte: UInt8, _ others: StaticString) -> Bool {
            byte.isDigit || (0x61...0x7A).contains(byte.asciiLowercased)
                || others.withUTF8Buffer { $0.contains(byte) }
        }
        return parts[0].allSatisfy { isPlain($0, "._+-") } && parts[1].allSatisfy { isPlain($0, ".-") }
    }

    /// base64url without padding (RFC 7515 §2).
    private static func decoded(_ text: Substring.UTF8View) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var (bits, count): (UInt32, UInt32) = (0, 0)
        for byte in text {
            guard let value = value(of: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return bytes
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
