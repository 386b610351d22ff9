package import Host

/// Whose pages a browser lets read the answers: `scheme://host[:port]` as browsers write it (RFC 6454 §6.2).
package struct WebOrigin: Sendable, Hashable {
    /// Bytes: strings that look alike are equal to Swift.
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Reads what an operator writes. Letters become lower case, and a port that the scheme implies goes, as browsers
    /// leave it out. Throws a sentence for what no browser would ever send, or what names more than one origin.
    package init(_ written: String) throws(StartFailure) {
        let text = written.utf8.map(\.asciiLowercased)
        guard text != Array("null".utf8) else {
            throw Self.wrong(written, "is sent by every sandboxed page and file; it names nobody")
        }
        guard let mark = text.firstRange(of: Array("://".utf8)) else { throw Self.wrong(written, "has no scheme") }
        let scheme = text[..<mark.lowerBound]
        guard Self.isScheme(scheme) else { throw Self.wrong(written, "has no scheme of letters, digits, + - .") }
        let authority = text[mark.upperBound...]
        if authority.contains(UInt8(ascii: "*")) {
            throw Self.wrong(written, "has a wildcard inside; name each origin, or * alone")
        }
        if let slash = authority.firstIndex(of: UInt8(ascii: "/")) {
            throw Self.wrong(
                written, slash == authority.endIndex - 1 ? "ends in a slash" : "has a path; an origin has none")
        }
        guard !authority.contains(UInt8(ascii: "@")) else { throw Self.wrong(written, "has a user name") }
        guard !authority.isEmpty else { throw Self.wrong(written, "has no host") }
        guard !authority.contains(where: { $0 >= 0x80 }) else {
            throw Self.wrong(written, "has letters outside of ASCII; browsers send the form with xn--")
        }
        let (host, port) = Self.parts(of: authority)
        guard HostField.isValid(host), Self.isPlain(host) else { throw Self.wrong(written, "has no valid host") }
        guard let port else {
            bytes = scheme + Array("://".utf8) + host
            return
        }
        guard let number = UInt16(String(decoding: port, as: UTF8.self)), number > 0, port.allSatisfy(\.isDigit) else {
            throw Self.wrong(written, "has no port from 1 to 65535 after its colon")
        }
        let isImplied = Self.impliedPorts[String(decoding: scheme, as: UTF8.self)] == number
        bytes = scheme + Array("://".utf8) + host + (isImplied ? [] : Array(":\(number)".utf8))
    }

    private static let impliedPorts: [String: UInt16] = ["http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21]

    private static func wrong(_ written: String, _ reason: String) -> StartFailure {
        .configuration(
            "The origin \"\(written)\" \(reason). It must be of the form https://app.example.org, or with a port.")
    }

    private static func isScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, (0x61...0x7A).contains(first) else { return false }
        return bytes.allSatisfy { (0x61...0x7A).contains($0) || $0.isDigit || "+-.".utf8.contains($0) }
    }

    /// The host and what follows its colon.
    private static func parts(of authority: ArraySlice<UInt8>) -> (host: ArraySlice<UInt8>, port: ArraySlice<UInt8>?) {
        let nameStart = authority.firstIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
        guard let colon = authority[nameStart...].firstIndex(of: UInt8(ascii: ":")) else { return (authority, nil) }
        return (authority[..<colon], authority[(colon + 1)...])
    }

    /// A name of letters, digits, hyphens, dots and underscores, or an IPv6 address in brackets.
    private static func isPlain(_ host: ArraySlice<UInt8>) -> Bool {
        guard let first = host.first else { return false }
        if first == UInt8(ascii: "[") { return true }
        return host.allSatisfy { (0x61...0x7A).contains($0) || $0.isDigit || "-._".utf8.contains($0) }
    }
}

/// The origins that an operator lets in.
package enum AllowedOrigins: Sendable {
    case nobody
    /// Everybody's pages may read answers. They get no cookies with it: there are none.
    case everybody
    case listed(Set<WebOrigin>)

    /// Throws what is wrong with one of them, in a sentence.
    package init(_ words: [String]) throws(StartFailure) {
        guard words.contains("*") else {
            var origins: Set<WebOrigin> = []
            for word in words { origins.insert(try WebOrigin(word)) }
            self = origins.isEmpty ? .nobody : .listed(origins)
            return
        }
        guard Set(words) == ["*"] else {
            throw .configuration("The origin * stands for all of them; name no others beside it.")
        }
        self = .everybody
    }
}
