/// A protocol that was not meant for this socket, told by its first bytes.
///
/// A browser can be made to send HTTP to a local service, with JSON in its body lines. JSON begins with none of these.
package enum ForeignProtocol: Sendable, Equatable {
    case http
    case tls

    enum Recognition: Equatable {
        case foreign(ForeignProtocol)
        /// More bytes will tell. They are all letters so far, or the first of a TLS record.
        case undecided
        case none
    }

    /// How many bytes always suffice: the longest method and the space after it.
    static let longestPrefix = 12

    private static let methods: [StaticString] = [
        "get", "head", "post", "put", "delete", "options", "trace", "connect", "patch", "pri", "propfind", "proppatch",
        "mkcol", "copy", "move", "lock", "unlock", "search", "report", "query",
    ]

    /// Judges the first bytes of a connection, white space before them left out.
    static func recognize(_ prefix: [UInt8]) -> Recognition {
        guard let first = prefix.first else { return .undecided }
        if first == 0x16 {
            guard prefix.count > 1 else { return .undecided }
            return prefix[1] == 0x03 ? .foreign(.tls) : .none
        }
        let word = prefix.prefix { isLetter($0) }
        guard !word.isEmpty, word.count < longestPrefix else { return .none }
        guard word.count < prefix.count else { return .undecided }
        let separator = prefix[word.count]
        guard separator == 0x20 || separator == 0x09 else { return .none }
        return methods.contains { isEqual(word, $0) } ? .foreign(.http) : .none
    }

    /// `TOKEN SP target SP HTTP/digit…`, whatever the method, in any case.
    static func isRequestLine(_ line: UnsafeRawBufferPointer) -> Bool {
        let text = line.drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = text.first, isLetter(first), let gap = text.lastIndex(of: 0x20) else { return false }
        let version = text[text.index(after: gap)...]
        return version.count > 5 && isEqual(version.prefix(5), "http/") && version[version.startIndex + 5] &- 0x30 < 10
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    /// Compares ASCII without regard to case; `lower` is in lower case.
    private static func isEqual(_ bytes: some Collection<UInt8>, _ lower: StaticString) -> Bool {
        guard bytes.count == lower.utf8CodeUnitCount else { return false }
        let expected = UnsafeBufferPointer(start: lower.utf8Start, count: lower.utf8CodeUnitCount)
        return zip(bytes, expected).allSatisfy { isLetter($0) ? $0 | 0x20 == $1 : $0 == $1 }
    }
}
