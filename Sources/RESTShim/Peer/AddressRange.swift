package import Host
internal import Glibc

/// An IP address as its bytes, four or sixteen; an IPv4-mapped IPv6 address is the IPv4 address.
struct IPAddress: Sendable, Equatable {
    let bytes: [UInt8]

    private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    /// Reads the textual forms of RFC 4291 §2.2 and dotted decimals, without zone and port.
    init?(_ text: some StringProtocol) {
        let text = String(text)
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = four
            return
        }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        bytes = sixteen.starts(with: Self.mappedPrefix) ? Array(sixteen.suffix(4)) : sixteen
    }

    /// Reads an element of `X-Forwarded-For`: an address, perhaps with a port.
    init?(forwarded element: some StringProtocol) {
        let text = String(
            element.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            self.init(text[text.index(after: text.startIndex)..<end])
        } else if text.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1, let colon = text.firstIndex(of: ":") {
            self.init(text[..<colon])
        } else {
            self.init(text)
        }
    }

    /// At most 45 characters.
    var text: String {
        var buffer = [CChar](repeating: 0, count: 64)
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &buffer, socklen_t(buffer.count)) != nil else {
            return ""
        }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A range of addresses in CIDR form (RFC 4632 §3.1), or one address.
package struct AddressRange: Sendable {
    private let base: IPAddress
    private let bits: Int

    package init(_ text: String) throws(StartFailure) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let base = parts.first.flatMap({ IPAddress($0) }), parts.count <= 2,
            let bits = parts.count == 2 ? Int(parts[1]) : base.bytes.count * 8,
            (0...base.bytes.count * 8).contains(bits)
        else { throw .configuration("The proxy range \"\(text)\" must be an address or of the form 10.0.0.0/8.") }
        self.base = base
        self.bits = bits
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
        guard address.bytes.prefix(whole).elementsEqual(base.bytes.prefix(whole)) else { return false }
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
        return address.bytes[whole] & mask == base.bytes[whole] & mask
    }
}
