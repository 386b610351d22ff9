/// `uri-host [":" port]` (RFC 9110 §7.2).
enum HostField {
    static func isValid(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        var host = Array(bytes)
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")),
                let address = IPAddress(String(decoding: host[1..<end], as: UTF8.self)), isVersion6(address, host)
            else { return false }
            let rest = host[(end + 1)...]
            return rest.isEmpty || rest.first == UInt8(ascii: ":") && isPort(rest.dropFirst())
        }
        if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            guard isPort(host[(colon + 1)...]) else { return false }
            host.removeSubrange(colon...)
        }
        return isName(host)
    }

    /// Whether a valid host is one that no name server decides about: a numeric address, or this host's own name for itself
    /// (RFC 6761 §6.3).
    static func isNumericOrLocal(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        if bytes.first == UInt8(ascii: "[") { return true }
        let host = bytes.prefix { $0 != UInt8(ascii: ":") }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return host.elementsEqual("localhost".utf8) || host.suffix(10).elementsEqual(".localhost".utf8)
            || IPAddress(String(decoding: host, as: UTF8.self)) != nil
    }

    /// An IPv4-mapped address is one too, however it is kept.
    private static func isVersion6(_ address: IPAddress, _ text: [UInt8]) -> Bool {
        address.bytes.count == 16 || text.contains(UInt8(ascii: ":"))
    }

    /// Digits of at most 65535; none stand for the scheme's own port.
    private static func isPort(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.allSatisfy(\.isDigit) else { return false }
        return digits.isEmpty || UInt16(String(decoding: digits, as: UTF8.self)) != nil
    }

    /// reg-name of RFC 3986 §3.2.2, without the comma that would hide two names.
    private static func isName(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: continue
            case UInt8(ascii: "%"):
                guard rest.popFirst()?.hexValue != nil, rest.popFirst()?.hexValue != nil else { return false }
            default:
                guard "-._~!$&'()*+;=".utf8.contains(byte) else { return false }
            }
        }
        return true
    }
}
