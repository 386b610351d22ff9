/// The network that an attempt comes from: an IPv4 address, or the 64 bits of an IPv6 address that a provider gives to one
/// customer.
struct NetworkSource: Sendable, Hashable {
    /// The 64 bits of the network; an IPv4 address is in the lower half, and only there.
    let network: UInt64
    let isIPv6: Bool

    /// The 48 bits that one customer may have too. Nil for IPv4.
    var site: UInt64? { isIPv6 ? network >> 16 : nil }

    /// Reads the text forms of RFC 4291 §2.2. Nil for anything else. An IPv4 address that is written as an IPv6 one is
    /// that IPv4 address.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (2...45).contains(bytes.count) else { return nil }
        if let address = Self.ipv4(bytes[...]) {
            (network, isIPv6) = (UInt64(address), false)
            return
        }
        guard let groups = Self.ipv6(bytes) else { return nil }
        if groups[0..<5].allSatisfy({ $0 == 0 }), groups[5] == 0xFFFF {
            (network, isIPv6) = (UInt64(groups[6]) << 16 | UInt64(groups[7]), false)
            return
        }
        (network, isIPv6) = (groups[0..<4].reduce(0) { $0 << 16 | UInt64($1) }, true)
    }

    private static func ipv4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
                part.count == 1 || part.first != UInt8(ascii: "0")
            else { return nil }
            let value = part.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 0x30) }
            guard value < 256 else { return nil }
            address = address << 8 | value
        }
        return address
    }

    private static func ipv6(_ text: [UInt8]) -> [UInt16]? {
        let colon = UInt8(ascii: ":")
        // A zone (RFC 4007 §11) names an interface of this host, and no network.
        let text = text.prefix { $0 != UInt8(ascii: "%") }
        guard let gap = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon }) else {
            return groups(text).flatMap { $0.count == 8 ? $0 : nil }
        }
        guard let head = groups(text[..<gap], mayEndInIPv4: false), let tail = groups(text[(gap + 2)...]),
            head.count + tail.count <= 7
        else { return nil }
        return head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    private static func groups(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool = true) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if mayEndInIPv4, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let address = ipv4(part) else { return nil }
                groups += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
                continue
            }
            // What `UInt16` would read besides digits.
            let isSigned = part.first == UInt8(ascii: "+") || part.first == UInt8(ascii: "-")
            guard (1...4).contains(part.count), !isSigned, let text = String(validating: part, as: UTF8.self),
                let group = UInt16(text, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }
}
