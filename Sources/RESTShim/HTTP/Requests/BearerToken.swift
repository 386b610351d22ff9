internal import HTTPTypes
internal import HummingbirdCore
internal import MVPAuth

/// The token of `Authorization: Bearer` (RFC 6750 §2.1).
enum BearerToken {
    /// What `WWW-Authenticate` asks for (RFC 6750 §3).
    enum Challenge {
        /// Any token: none was to blame. §3.1 wants no error code then.
        case token
        /// Another token: the one that was presented is of no use.
        case livingToken

        var text: String {
            switch self {
            case .token: "Bearer realm=\"mvp-auth\""
            case .livingToken: "Bearer realm=\"mvp-auth\", error=\"invalid_token\""
            }
        }
    }

    /// Throws when there is not exactly one header with exactly one token.
    static func of(_ request: Request) throws(Failure) -> Secret {
        var header: String?
        for field in request.headers where field.name == .authorization {
            guard header == nil else { throw .noBearer }
            header = field.value
        }
        guard let token = header.flatMap({ token(in: $0.utf8[...]) }) else { throw .noBearer }
        return Secret(String(Substring(token)))
    }

    /// The daemon takes no longer one.
    private static let longest = 8192

    /// credentials of RFC 9110 §11.4: the scheme in letters of either case, spaces, one token68.
    private static func token(in header: Substring.UTF8View) -> Substring.UTF8View? {
        let scheme = header.prefix { $0 != 0x20 }
        guard scheme.map({ (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }).elementsEqual("bearer".utf8) else {
            return nil
        }
        var token = header[scheme.endIndex...].drop { $0 == 0x20 }
        while let last = token.last, last == 0x20 || last == 0x09 { token.removeLast() }
        let padding = token.drop(while: isTokenByte)
        guard (1...longest).contains(token.count), token.startIndex != padding.startIndex,
            padding.allSatisfy({ $0 == UInt8(ascii: "=") })
        else { return nil }
        return token
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~+/".utf8.contains(byte)
        }
    }
}
