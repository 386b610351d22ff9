internal import MVPAuth
internal import StrictJSON
internal import Synchronization

/// Reads header and claims of tokens with the strict scanner: no duplicate names, nothing that two readers could read
/// in two ways. Every failure is nil.
final class ClaimsReader: Sendable {
    /// Scanners with their buffers, for whoever reads next. Nobody waits for one.
    private let scanners = Mutex<[JSONScanner]>([])

    /// The header's algorithm and key name, if it asks for nothing that is not understood (RFC 7515 §4.1.11).
    func header(_ json: [UInt8]) -> (algorithm: [UInt8], keyID: [UInt8]?)? {
        scan(json) { root in
            var algorithm: [UInt8]?
            var keyID: [UInt8]?
            for (name, value) in root.members {
                if name.stringEquals("alg") {
                    guard let text = value.stringBytes else { return nil }
                    algorithm = text
                } else if name.stringEquals("kid") {
                    guard let text = value.stringBytes else { return nil }
                    keyID = text
                } else if name.stringEquals("typ") {
                    guard let text = value.string, text.utf8.count == 3, text.uppercased() == "JWT" else { return nil }
                } else if name.stringEquals("crit") || name.stringEquals("b64") || name.stringEquals("zip") {
                    return nil
                }
            }
            return algorithm.map { ($0, keyID) }
        }
    }

    func claims(_ json: UnsafeRawBufferPointer) -> Claims? {
        scan(json) { root in
            var kind: TokenKind?
            var subject: UserID?
            var tokenID: String?
            var issuedAt: Int?
            var expiresAt: Int?
            var claims = Claims(
                kind: .access, subject: UserID(high: 0, low: 0), tokenID: "", issuedAt: 0, expiresAt: 0)
            for (name, value) in root.members {
                if name.stringEquals("sub") {
                    subject = value.identifier()
                    guard subject != nil else { return nil }
                } else if name.stringEquals("jti") {
                    tokenID = value.tokenID
                    guard tokenID != nil else { return nil }
                } else if name.stringEquals("type") {
                    kind = value.tokenKind
                    guard kind != nil else { return nil }
                } else if name.stringEquals("iat") {
                    issuedAt = value.numericDate
                    guard issuedAt != nil else { return nil }
                } else if name.stringEquals("exp") {
                    expiresAt = value.numericDate
                    guard expiresAt != nil else { return nil }
                } else if name.stringEquals("session_id") {
                    guard let session: SessionID = value.identifier() else { return nil }
                    claims.sessionID = session
                } else if name.stringEquals("gen") {
                    guard let generation = value.numericDate else { return nil }
                    claims.generation = Int64(generation)
                } else if name.stringEquals("nbf") {
                    guard let instant = value.numericDate else { return nil }
                    claims.notBefore = Int64(instant)
                } else if name.stringEquals("email") {
                    guard let text = value.string else { return nil }
                    claims.email = text
                } else if name.stringEquals("iss") {
                    guard let text = value.string else { return nil }
                    claims.issuer = text
                } else if name.stringEquals("aud") {
                    guard let text = value.string else { return nil }
                    claims.audience = text
                } else if name.stringEquals("app") {
                    guard let text = value.string else { return nil }
                    claims.app = text
                }
            }
            guard let kind, let subject, let tokenID, let issuedAt, let expiresAt else { return nil }
            claims.kind = kind
            claims.subject = subject
            claims.tokenID = tokenID
            claims.issuedAt = Int64(issuedAt)
            claims.expiresAt = Int64(expiresAt)
            return claims
        }
    }

    private func scan<R>(_ json: [UInt8], _ body: (JSONValue) -> R?) -> R? {
        json.withUnsafeBytes { scan($0, body) }
    }

    private func scan<R>(_ json: UnsafeRawBufferPointer, _ body: (JSONValue) -> R?) -> R? {
        let kept = scanners.withLockIfAvailable { $0.popLast() }
        var scanner = (kept ?? nil) ?? JSONScanner(depthLimit: 8)
        defer { scanners.withLockIfAvailable { $0.append(scanner) } }
        guard let root = try? scanner.scanFlawless(json), root.kind == .object else { return nil }
        return body(root)
    }
}

extension JSONValue {
    fileprivate func identifier<Entity>() -> Identifier<Entity>? {
        guard kind == .string else { return nil }
        return withUnescapedBytes { Identifier.parse(UnsafeRawBufferPointer($0)) }
    }

    /// Printable ASCII, 1 to 64 bytes.
    fileprivate var tokenID: String? {
        guard kind == .string else { return nil }
        return withUnescapedBytes { bytes in
            guard (1...64).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    fileprivate var tokenKind: TokenKind? {
        if stringEquals("access") { return .access }
        if stringEquals("refresh") { return .refresh }
        if stringEquals("email_verify") { return .emailVerify }
        if stringEquals("password_reset") { return .passwordReset }
        if stringEquals("device") { return .device }
        return nil
    }

    /// A whole number from 0 to 2^53; `1.7e9` is one.
    fileprivate var numericDate: Int? {
        guard let number = int(allowingIntegralFloat: true), (0...(1 << 53)).contains(number) else { return nil }
        return number
    }
}
