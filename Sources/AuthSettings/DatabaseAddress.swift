/// An address of a database as it may be shown.
enum DatabaseAddress {
    private static let hidden = "<secret>"

    /// Scheme, hosts and path of a URL whose parts are beyond doubt; of anything else nothing. A password may stand
    /// before the `@`, in the query, in `key=value` pairs, and where a URL was not encoded everywhere.
    static func shown(_ text: String) -> String {
        let bytes = Array(text.utf8)
        if bytes.elementsEqual("memory:".utf8) { return text }
        guard let mark = firstRange(of: "://", in: bytes) else { return hidden }
        let scheme = bytes[..<mark]
        guard !scheme.isEmpty, scheme.count <= 24, scheme.allSatisfy(isWord) else { return hidden }
        let start = String(decoding: scheme, as: UTF8.self) + "://"
        let rest = bytes[(mark + 3)...]
        let query = rest.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? rest.endIndex
        let (body, tail) = (rest[..<query], rest[query...])
        let at = body.lastIndex(of: UInt8(ascii: "@"))
        let place = body[(at.map { $0 + 1 } ?? body.startIndex)...]
        guard !tail.contains(UInt8(ascii: "@")), isPlain(place) else { return start + hidden }
        return start + (at == nil ? "" : hidden + "@") + String(decoding: place, as: UTF8.self)
            + (tail.isEmpty ? "" : "?" + hidden)
    }

    /// Hosts with ports and a path: no sign that could belong to a password.
    private static func isPlain(_ place: ArraySlice<UInt8>) -> Bool {
        let slash = place.firstIndex(of: UInt8(ascii: "/")) ?? place.endIndex
        let hosts = place[..<slash].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        let areHosts = hosts.allSatisfy { host in
            if host.first == UInt8(ascii: "[") { return host.allSatisfy { isWord($0) || "[]:%".utf8.contains($0) } }
            let parts = host.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            return parts.count <= 2 && parts[0].allSatisfy(isWord)
                && (parts.count < 2 || parts[1].allSatisfy { (0x30...0x39).contains($0) })
        }
        return areHosts
            && place[slash...].allSatisfy { isWord($0) || "/~".utf8.contains($0) || $0 == 0x20 || $0 >= 0x80 }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-_.+".utf8.contains(byte)
        }
    }

    private static func firstRange(of mark: String, in bytes: [UInt8]) -> Int? {
        let mark = Array(mark.utf8)
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first { bytes[$0...].starts(with: mark) }
    }
}
