/// A key, its one algorithm, and its name.
public struct SigningKey: Sendable {
    enum Material: Sendable {
        case secret(HMACKey)
        case keyPair(AsymmetricKey)
    }

    /// The `kid` header: compared as bytes, never interpreted. Nil: tokens of this key carry none.
    public let id: String?
    public let algorithm: SigningAlgorithm
    /// What an operator should know about the key. Nil: nothing.
    public let warning: String?
    let material: Material
    /// What keys for other purposes are derived from.
    let derivation: HMACKey
    /// The header of the tokens that this key signs, as it is spelled in them.
    let header: [UInt8]

    /// A secret for HS256, HS384 or HS512. Its UTF-8 bytes are the key.
    ///
    /// - Parameter isStrict: refuses what would otherwise be a `warning`: less entropy than the digest (RFC 7518 §3.2).
    public init(secret: String, algorithm: SigningAlgorithm = .hs256, id: String? = nil, isStrict: Bool = false)
        throws(KeyError)
    {
        let bytes = Array(secret.utf8)
        guard algorithm.isSymmetric else { throw KeyError("\(algorithm.rawValue) needs a private key, not a secret.") }
        guard bytes.contains(where: { $0 > 0x20 }) else { throw KeyError("The secret is empty.") }
        guard secret.firstRange(of: "-----BEGIN") == nil else {
            throw KeyError(
                "The secret is a PEM file; \(algorithm.rawValue) needs random text, and a public key is no secret.")
        }
        let wanted = algorithm.digestBits / 8
        let problem: String? =
            if bytes.count < wanted {
                "The secret has \(bytes.count) bytes; \(algorithm.rawValue) needs \(wanted) (RFC 7518 §3.2)."
            } else if Set(bytes).count < 4 {
                "The secret repeats the same few characters."
            } else if Self.isPlaceholder(secret) {
                "The secret looks like a placeholder out of a manual."
            } else {
                nil
            }
        if let problem, isStrict || algorithm != .hs256 && bytes.count < wanted { throw KeyError(problem) }
        warning = problem
        self.id = id
        self.algorithm = algorithm
        material = .secret(HMACKey(bytes, digestBits: algorithm.digestBits))
        derivation = HMACKey(extractedFrom: bytes)
        header = Self.header(algorithm, id)
    }

    /// An unencrypted PEM private key for RSA (at least 2048 bits), ECDSA or Ed25519.
    public init(pem: [UInt8], algorithm: SigningAlgorithm, id: String? = nil) throws(KeyError) {
        let key = try AsymmetricKey(pem: pem, algorithm: algorithm)
        material = .keyPair(key)
        derivation = HMACKey(extractedFrom: try key.encoded)
        self.id = id
        self.algorithm = algorithm
        warning = nil
        header = Self.header(algorithm, id)
    }

    /// A key that was derived from another: 32 bytes, for HS256.
    init(derived bytes: [UInt8]) {
        id = nil
        algorithm = .hs256
        warning = nil
        material = .secret(HMACKey(bytes, digestBits: 256))
        derivation = HMACKey(extractedFrom: bytes)
        header = Self.header(.hs256, nil)
    }

    private static func isPlaceholder(_ secret: String) -> Bool {
        let text = secret.lowercased()
        return ["change-me", "changeme", "change_me", "your-secret", "your_secret", "secret-key", "example"].contains {
            text.firstRange(of: $0) != nil
        }
    }

    private static func header(_ algorithm: SigningAlgorithm, _ id: String?) -> [UInt8] {
        var text = "{\"alg\":\"\(algorithm.rawValue)\",\"typ\":\"JWT\""
        if let id { text += ",\"kid\":\"\(id)\"" }
        return Array(Base64.encode(Array((text + "}").utf8), Base64.url).utf8)
    }

    func sign(_ message: UnsafeRawBufferPointer) -> [UInt8]? {
        switch material {
        case .secret(let key):
            var signature = [UInt8](repeating: 0, count: key.signatureBytes)
            signature.withUnsafeMutableBytes { key.sign(message, into: $0) }
            return signature
        case .keyPair(let key):
            return key.sign(message)
        }
    }

    /// - Parameter signature: in base64url, as it stands in the token.
    func verify(_ signature: UnsafeRawBufferPointer, of message: UnsafeRawBufferPointer) -> Bool {
        switch material {
        case .secret(let key):
            guard signature.count == (key.signatureBytes * 4 + 2) / 3 else { return false }
            return withUnsafeTemporaryAllocation(byteCount: 160, alignment: 8) { space in
                let given = UnsafeMutableRawBufferPointer(rebasing: space[..<80])
                guard Base64.decode(signature, Base64.url, into: given) == key.signatureBytes else { return false }
                let computed = UnsafeMutableRawBufferPointer(rebasing: space[80..<160])
                key.sign(message, into: computed)
                var difference: UInt8 = 0
                for index in 0..<key.signatureBytes { difference |= given[index] ^ computed[index] }
                return difference == 0
            }
        case .keyPair(let key):
            guard let bytes = Base64.decode(signature, Base64.url) else { return false }
            return key.verify(bytes, of: message)
        }
    }
}
