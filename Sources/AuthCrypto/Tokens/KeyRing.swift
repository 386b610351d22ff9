public import MVPAuth
internal import StrictJSON

/// The keys of a service: one signs, all of them verify.
///
/// Each key has one algorithm; `alg` in a token chooses nothing (RFC 8725 §3.1). A token that names no key is the
/// default key's. Exactly one key is ever tried.
public struct KeyRing: TokenSigner {
    /// The longest token that is looked at, in bytes.
    public static let longestToken = 8192

    /// What the claims of most tokens need while they are written, and their signatures. More is made when it is wanted.
    private static let usualBytes = 512

    private let active: SigningKey
    private let others: [SigningKey]
    private let reader = ClaimsReader()
    private let recent = RecentClaims()

    /// Throws when two keys have the same name, or when secrets and key pairs are mixed: with both in one ring, a public
    /// key could be mistaken for a secret.
    public init(_ active: SigningKey, verifying others: [SigningKey] = []) throws(KeyError) {
        let all = [active] + others
        for (index, key) in all.enumerated() {
            guard !all[..<index].contains(where: { Self.equal($0.id, key.id) }) else {
                throw KeyError("Two keys have the same id.")
            }
            guard key.algorithm.isSymmetric == active.algorithm.isSymmetric else {
                throw KeyError("Secrets and private keys cannot be in one key ring.")
            }
        }
        self.active = active
        self.others = others
    }

    /// One secret, for an app that is its own only verifier.
    public init(secret: String, algorithm: SigningAlgorithm = .hs256) throws(KeyError) {
        try self.init(try SigningKey(secret: secret, algorithm: algorithm))
    }

    /// How new tokens are signed.
    public var algorithm: SigningAlgorithm { active.algorithm }

    /// RSA signs in about a millisecond, everything else in microseconds.
    public var signsQuickly: Bool { !active.algorithm.isRSA }

    public func sha256(_ text: String) -> String {
        var text = text
        return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
            text.withUTF8 { OpenSSL.sha256(UnsafeRawBufferPointer($0), into: digest) }
            return String(unsafeUninitializedCapacity: 64) { buffer in
                for (index, byte) in digest.enumerated() {
                    buffer[index * 2] = Self.digit(byte >> 4)
                    buffer[index * 2 + 1] = Self.digit(byte & 15)
                }
                return 64
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value &+ (value < 10 ? 0x30 : 0x57) }

    /// Derived from the key that signs: under another one, what the old one has sealed is not opened any more.
    public func derivedKey(for purpose: String) -> any DerivedKey { active.derivation.derived(for: purpose) }

    public func derivedSigner(for purpose: String) -> any TokenSigner {
        KeyRing(derived: SigningKey(derived: active.derivation.expanded(for: purpose)))
    }

    private init(derived key: SigningKey) {
        active = key
        others = []
    }

    public func sign(_ claims: Claims) throws(AuthError) -> Secret {
        var json = JSONWriter(reserving: Self.usualBytes)
        json.beginObject()
        json.member("sub", claims.subject.description)
        json.member("jti", claims.tokenID)
        json.member("type", claims.kind.rawValue)
        json.member("iat", Int(claims.issuedAt))
        json.member("exp", Int(claims.expiresAt))
        json.member("nbf", ifPresent: claims.notBefore.map { Int($0) })
        json.member("session_id", ifPresent: claims.sessionID?.description)
        json.member("gen", ifPresent: claims.generation.map { Int($0) })
        json.member("email", ifPresent: claims.email)
        json.member("iss", ifPresent: claims.issuer)
        json.member("aud", ifPresent: claims.audience)
        json.member("app", ifPresent: claims.app)
        json.endObject()
        var token: [UInt8] = []
        token.reserveCapacity(active.header.count + Base64.length(of: json.count) + Self.usualBytes)
        token += active.header
        token.append(UInt8(ascii: "."))
        json.withBytes { Base64.append($0, Base64.url, to: &token) }
        guard let signature = token.withUnsafeBytes({ active.sign($0) }) else {
            throw AuthError(.internalError, "A token could not be signed.")
        }
        token.append(UInt8(ascii: "."))
        signature.withUnsafeBytes { Base64.append($0, Base64.url, to: &token) }
        return Secret(String(decoding: token, as: UTF8.self))
    }

    public func verify(_ token: String) throws(AuthError) -> Claims {
        var token = token
        let claims = token.withUTF8 { verify(UnsafeRawBufferPointer($0)) }
        guard let claims else { throw AuthError(.tokenInvalid) }
        return claims
    }

    private func verify(_ token: UnsafeRawBufferPointer) -> Claims? {
        guard token.count <= Self.longestToken, let first = token.dot(from: 0) else { return nil }
        guard let second = token.dot(from: first + 1), token.dot(from: second + 1) == nil else { return nil }
        func part(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: token[range]) }
        let signature = part(second + 1..<token.count)
        guard verifies(signature, of: part(0..<second), under: part(0..<first)) else { return nil }
        if let claims = recent.claims(of: signature) { return claims }
        guard let claims = claims(in: part(first + 1..<second)) else { return nil }
        recent.keep(claims, of: signature)
        return claims
    }

    private func claims(in payload: UnsafeRawBufferPointer) -> Claims? {
        withUnsafeTemporaryAllocation(byteCount: payload.count * 3 / 4 + 3, alignment: 8) { space in
            guard let count = Base64.decode(payload, Base64.url, into: space) else { return nil }
            return reader.claims(UnsafeRawBufferPointer(rebasing: space[..<count]))
        }
    }

    /// Whether the one key that may have signed under this header has. Our own headers are known by their spelling.
    private func verifies(
        _ signature: UnsafeRawBufferPointer, of message: UnsafeRawBufferPointer, under header: UnsafeRawBufferPointer
    ) -> Bool {
        // Where it is: a copy would be counted, and all event loops count this one.
        if header.isEqual(to: active.header) { return active.verify(signature, of: message) }
        return otherKey(for: header)?.verify(signature, of: message) ?? false
    }

    private func otherKey(for header: UnsafeRawBufferPointer) -> SigningKey? {
        if let key = others.first(where: { header.elementsEqual($0.header) }) { return key }
        guard let json = Base64.decode(header, Base64.url), let (algorithm, keyID) = reader.header(json) else {
            return nil
        }
        let key: SigningKey?
        if let keyID {
            key = ([active] + others).first { $0.id.map { keyID.elementsEqual($0.utf8) } ?? false }
        } else {
            key = active
        }
        guard let key, algorithm.elementsEqual(key.algorithm.rawValue.utf8) else { return nil }
        return key
    }

    private static func equal(_ left: String?, _ right: String?) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (let left?, let right?): left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }
}
