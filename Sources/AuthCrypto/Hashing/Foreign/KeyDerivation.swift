internal import COpenSSL
internal import MVPAuth

/// The functions of OpenSSL that hashes of others are made of. Its own interface for them (EVP_KDF) is what
/// `EVP_PBE_scrypt` and `PKCS5_PBKDF2_HMAC` call. Nil where the library fails: for want of memory, for example.
enum KeyDerivation {
    /// More than the bounds of `ForeignHash` allow: those are the limit.
    private static let mostScryptBytes: UInt64 = 512 << 20

    static func scrypt(
        _ password: [UInt8], _ salt: [UInt8], _ logN: Int, _ blockSize: Int, _ parallelism: Int, length: Int
    ) -> [UInt8]? {
        var key = [UInt8](repeating: 0, count: length)
        let status = password.withUnsafeBytes { password in
            EVP_PBE_scrypt(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                1 << UInt64(logN), UInt64(blockSize), UInt64(parallelism), mostScryptBytes, &key, length)
        }
        return status == 1 ? key : nil
    }

    static func pbkdf2(
        _ password: [UInt8], _ salt: [UInt8], _ digest: MessageDigest, _ rounds: Int, length: Int
    ) -> [UInt8]? {
        var key = [UInt8](repeating: 0, count: length)
        let status = password.withUnsafeBytes { password in
            PKCS5_PBKDF2_HMAC(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(password.count), salt,
                Int32(salt.count), Int32(rounds), digest.function, Int32(length), &key)
        }
        return status == 1 ? key : nil
    }

    static func digest(_ digest: MessageDigest, _ input: [UInt8]) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: digest.bytes)
        return EVP_Digest(input, input.count, &value, nil, digest.function, nil) == 1 ? value : nil
    }

    /// AES-256 in counter mode, from a counter of zero.
    static func encrypt(_ text: [UInt8], with key: [UInt8]) -> [UInt8]? {
        precondition(key.count == 32, "AES-256 takes 32 bytes")
        guard let context = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        let counter = [UInt8](repeating: 0, count: 16)
        var encrypted = [UInt8](repeating: 0, count: text.count)
        var count: Int32 = 0
        guard EVP_EncryptInit_ex(context, EVP_aes_256_ctr(), nil, key, counter) == 1,
            EVP_EncryptUpdate(context, &encrypted, &count, text, Int32(text.count)) == 1, Int(count) == text.count
        else { return nil }
        return encrypted
    }
}

extension MessageDigest {
    fileprivate var function: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha512: EVP_sha512()
        }
    }
}

/// Two lower-case digits a byte.
func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
