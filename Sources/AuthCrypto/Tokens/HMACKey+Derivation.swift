internal import MVPAuth

/// Keys for other purposes: HKDF-SHA-256 without a salt (RFC 5869).
extension HMACKey {
    /// The pseudorandom key of a secret (§2.2).
    convenience init(extractedFrom secret: [UInt8]) {
        let salt = HMACKey([UInt8](repeating: 0, count: 32), digestBits: 256)
        self.init(salt.code(of: secret), digestBits: 256)
    }

    /// The 32 bytes that this pseudorandom key expands to (§2.3).
    func expanded(for purpose: String) -> [UInt8] { code(of: Array(purpose.utf8) + [1]) }

    func derived(for purpose: String) -> HMACKey { HMACKey(expanded(for: purpose), digestBits: 256) }
}

extension HMACKey: DerivedKey {
    /// How many bytes of a code stand behind what is sealed: nobody guesses 128 bits.
    private static let sealBytes = 16

    func code(of message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: signatureBytes)
        message.withUnsafeBytes { message in code.withUnsafeMutableBytes { sign(message, into: $0) } }
        return code
    }

    func seal(_ bytes: [UInt8], in context: [UInt8]) -> String {
        Base64.encode(bytes + code(of: bytes, in: context), Base64.url)
    }

    func open(_ text: String, in context: [UInt8]) -> [UInt8]? {
        guard let sealed = Base64.decode(text.utf8, Base64.url), sealed.count >= Self.sealBytes else { return nil }
        let bytes = Array(sealed.dropLast(Self.sealBytes))
        let isSealed = constantTimeEqual(sealed.suffix(Self.sealBytes), code(of: bytes, in: context))
        return isSealed ? bytes : nil
    }

    /// The length keeps the end of a context from being taken for the beginning of the bytes.
    private func code(of bytes: [UInt8], in context: [UInt8]) -> ArraySlice<UInt8> {
        let length = UInt64(context.count)
        let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        return code(of: prefix + context + bytes).prefix(Self.sealBytes)
    }
}
