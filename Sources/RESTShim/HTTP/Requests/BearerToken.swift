internal import HTTPTypes
internal import HummingbirdCore
internal import MVPAuth

/// The token of `Authorization: Bearer` (RFC 6750 §2.1).
enum BearerToken {
    static let challenge = "Bearer realm=\"mvp-auth\""

    /// Throws when there is not exactly one header with exactly one token. The scheme's letters may be of either case.
    static func of(_ request: Request) throws(Failure) -> Secret {
        var header: String?
        for field in request.headers where field.name == .authorization {
            guard header == nil else { throw .noBearer }
            header = field.value
        }
        guard let header else { throw .noBearer }
        let bytes = header.utf8
        let scheme = "bearer ".utf8
        guard bytes.count > scheme.count,
            zip(bytes, scheme).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 })
        else { throw .noBearer }
        let token = bytes.dropFirst(scheme.count)
        guard token.allSatisfy(isTokenByte) else { throw .noBearer }
        return Secret(String(Substring(token)))
    }

    /// b64token of RFC 6750 §2.1.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~+/=".utf8.contains(byte)
        }
    }
}
