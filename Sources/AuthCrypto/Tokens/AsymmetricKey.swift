internal import COpenSSL

/// A private key for RSA, ECDSA or Ed25519, checked to fit its algorithm.
final class AsymmetricKey: @unchecked Sendable {
    // SAFETY: an EVP_PKEY is not changed after init, and OpenSSL may use one from several threads at once.
    private let key: OpaquePointer
    private let algorithm: SigningAlgorithm

    init(pem: [UInt8], algorithm: SigningAlgorithm) throws(KeyError) {
        defer { OpenSSL.forgetErrors() }
        // Without a callback for the passphrase OpenSSL would ask on the terminal.
        let read = OpenSSL.reading(pem) { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in 0 }, nil) }
        guard let key = read else {
            throw KeyError("The key is not an unencrypted PEM private key.")
        }
        self.key = key
        self.algorithm = algorithm
        try check()
    }

    deinit { EVP_PKEY_free(key) }

    private func check() throws(KeyError) {
        let kind = EVP_PKEY_get_base_id(key)
        switch algorithm {
        case .rs256, .rs384, .rs512, .ps256:
            guard kind == EVP_PKEY_RSA else { throw KeyError("\(algorithm.rawValue) needs an RSA key.") }
            guard EVP_PKEY_get_bits(key) >= 2048 else {
                throw KeyError("\(algorithm.rawValue) needs an RSA key of at least 2048 bits (RFC 7518 §3.3).")
            }
        case .es256, .es384:
            let curve = algorithm == .es256 ? "prime256v1" : "secp384r1"
            guard kind == EVP_PKEY_EC, Self.group(of: key) == curve else {
                throw KeyError("\(algorithm.rawValue) needs a key on the curve \(curve) (RFC 7518 §3.4).")
            }
        case .eddsa:
            guard kind == EVP_PKEY_ED25519 else { throw KeyError("EdDSA needs an Ed25519 key.") }
        case .hs256, .hs384, .hs512:
            throw KeyError("\(algorithm.rawValue) needs a secret, not a private key.")
        }
    }

    private static func group(of key: OpaquePointer) -> String? {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_utf8_string_param(key, "group", &name, name.count, &length) == 1 else { return nil }
        return String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The private key in DER: the same bytes however its PEM file is written.
    var encoded: [UInt8] {
        get throws(KeyError) {
            defer { OpenSSL.forgetErrors() }
            var output: UnsafeMutablePointer<UInt8>?
            let length = Int(i2d_PrivateKey(key, &output))
            guard length > 0, let output else { throw KeyError("The private key cannot be encoded.") }
            // SAFETY: OpenSSL has allocated `length` bytes, which are ours until they are cleared and freed.
            defer { CRYPTO_clear_free(output, length, "", 0) }
            return Array(UnsafeBufferPointer(start: output, count: length))
        }
    }

    func sign(_ message: UnsafeRawBufferPointer) -> [UInt8]? {
        defer { OpenSSL.forgetErrors() }
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        guard EVP_DigestSignInit(context, &keyContext, digest, nil, key) == 1, pad(keyContext) else { return nil }
        let bytes = message.bindMemory(to: UInt8.self).baseAddress
        var length = 0
        guard EVP_DigestSign(context, nil, &length, bytes, message.count) == 1 else { return nil }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, bytes, message.count) == 1 else { return nil }
        signature.removeSubrange(length...)
        return algorithm.coordinateBytes.map { Self.fixedLength(signature, $0) } ?? .some(signature)
    }

    func verify(_ signature: [UInt8], of message: UnsafeRawBufferPointer) -> Bool {
        defer { OpenSSL.forgetErrors() }
        var signature = signature
        if let bytes = algorithm.coordinateBytes {
            guard let der = Self.der(signature, bytes) else { return false }
            signature = der
        }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        guard EVP_DigestVerifyInit(context, &keyContext, digest, nil, key) == 1, pad(keyContext) else { return false }
        return EVP_DigestVerify(
            context, signature, signature.count, message.bindMemory(to: UInt8.self).baseAddress, message.count) == 1
    }

    private var digest: OpaquePointer? {
        guard algorithm != .eddsa else { return nil }
        return switch algorithm.digestBits {
        case 256: EVP_sha256()
        case 384: EVP_sha384()
        default: EVP_sha512()
        }
    }

    /// RSASSA-PSS with a salt as long as the digest (RFC 7518 §3.5).
    private func pad(_ context: OpaquePointer?) -> Bool {
        guard algorithm == .ps256 else { return true }
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, 32) == 1
    }

    /// DER to R‖S.
    private static func fixedLength(_ der: [UInt8], _ bytes: Int) -> [UInt8]? {
        der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            guard let parsed = d2i_ECDSA_SIG(nil, &cursor, buffer.count) else { return nil }
            defer { ECDSA_SIG_free(parsed) }
            var result = [UInt8](repeating: 0, count: bytes * 2)
            let written = result.withUnsafeMutableBufferPointer { output in
                BN_bn2binpad(ECDSA_SIG_get0_r(parsed), output.baseAddress, Int32(bytes)) == Int32(bytes)
                    && BN_bn2binpad(ECDSA_SIG_get0_s(parsed), output.baseAddress! + bytes, Int32(bytes)) == Int32(bytes)
            }
            return written ? result : nil
        }
    }

    /// R‖S of exactly the right length to DER.
    private static func der(_ signature: [UInt8], _ bytes: Int) -> [UInt8]? {
        guard signature.count == bytes * 2, let parsed = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(parsed) }
        let r = signature[..<bytes].withUnsafeBufferPointer { BN_bin2bn($0.baseAddress, Int32(bytes), nil) }
        let s = signature[bytes...].withUnsafeBufferPointer { BN_bin2bn($0.baseAddress, Int32(bytes), nil) }
        // SAFETY: ECDSA_SIG_set0 takes both numbers over.
        guard ECDSA_SIG_set0(parsed, r, s) == 1 else { return nil }
        var output: UnsafeMutablePointer<UInt8>?
        let length = i2d_ECDSA_SIG(parsed, &output)
        guard length > 0, let output else { return nil }
        defer { CRYPTO_free(output, "", 0) }
        return Array(UnsafeBufferPointer(start: output, count: Int(length)))
    }
}
