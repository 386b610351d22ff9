internal import HTTPTypes

/// `GET /auth/me HTTP/1.1` (RFC 9112 §3), with one space between its parts and nothing else.
struct RequestLine: Equatable {
    let method: String
    /// The path with its query; `*` where OPTIONS asks about the whole server.
    let path: String
    /// Of a target in absolute form, which takes the place of the header Host (RFC 9112 §3.2.2).
    let authority: String?
    /// HTTP/1.0: the connection ends with the answer unless the client asks otherwise.
    let isLegacy: Bool

    init(_ line: UnsafeRawBufferPointer, targetBytes limit: Int) throws(Failure) {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard let method = parts.first, !method.isEmpty, method.allSatisfy(\.isTokenByte) else {
            throw .malformed("The request line must begin with a method.")
        }
        guard parts.count > 1 else { throw .malformed("The request line must be of the form GET /path HTTP/1.1.") }
        guard parts[1].count <= limit else { throw .targetTooLong(limit) }
        guard parts.count == 3 else { throw .malformed("The request line must be of the form GET /path HTTP/1.1.") }
        self.method = String(decoding: method, as: UTF8.self)
        isLegacy = try Self.isLegacy(parts[2])
        guard self.method != "CONNECT" else { throw .noTunnel }
        (path, authority) = try Self.target(parts[1], of: self.method)
    }

    /// Minor versions that are not known yet are read as 1.1 (RFC 9110 §2.5); any other major version is none of ours.
    private static func isLegacy(_ version: Slice<UnsafeRawBufferPointer>) throws(Failure) -> Bool {
        let bytes = Array(version)
        guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), bytes[5].isDigit, bytes[6] == UInt8(ascii: "."),
            bytes[7].isDigit
        else { throw .malformed("The request line must end with a version such as HTTP/1.1.") }
        guard bytes[5] == UInt8(ascii: "1") else { throw .unknownVersion }
        return bytes[7] == UInt8(ascii: "0")
    }

    private static func target(
        _ bytes: Slice<UnsafeRawBufferPointer>, of method: String
    ) throws(Failure) -> (path: String, authority: String?) {
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
            throw .malformed("The request target must be a path of printable ASCII characters without a fragment.")
        }
        if bytes.first == UInt8(ascii: "/") { return (String(decoding: bytes, as: UTF8.self), nil) }
        if bytes.elementsEqual("*".utf8), method == "OPTIONS" { return ("*", nil) }
        for scheme in ["http://", "https://"] where bytes.count > scheme.utf8.count {
            guard zip(bytes, scheme.utf8).allSatisfy({ $0.asciiLowercased == $1 }) else { continue }
            let rest = bytes.dropFirst(scheme.utf8.count)
            let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            guard !authority.isEmpty, HostField.isValid(authority) else {
                throw .malformed("The request target must name a host after \(scheme).")
            }
            let path = String(decoding: rest.dropFirst(authority.count), as: UTF8.self)
            let isServer = path.isEmpty && method == "OPTIONS"
            let written = path.utf8.first == UInt8(ascii: "/") ? path : "/" + path
            return (isServer ? "*" : written, String(decoding: authority, as: UTF8.self))
        }
        throw .malformed("The request target must be a path that begins with a slash.")
    }
}

extension UInt8 {
    var isDigit: Bool { (0x30...0x39).contains(self) }

    var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }

    /// tchar of RFC 9110 §5.6.2.
    var isTokenByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// What a field's value may hold (RFC 9110 §5.5): no control character but the tab.
    var isFieldByte: Bool { self >= 0x20 && self != 0x7F || self == 0x09 }

    var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// The value of a hexadecimal digit.
    var hexValue: Int? {
        switch self {
        case 0x30...0x39: Int(self) - 0x30
        case 0x41...0x46: Int(self) - 0x41 + 10
        case 0x61...0x66: Int(self) - 0x61 + 10
        default: nil
        }
    }
}
