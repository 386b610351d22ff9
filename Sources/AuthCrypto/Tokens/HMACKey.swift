internal import COpenSSL

/// A secret for HMAC (RFC 2104), with both paddings hashed once: a signature costs the message's blocks and two more.
final class HMACKey: Sendable {
    private enum State: Sendable {
        case sha256(inner: SHA256_CTX, outer: SHA256_CTX)
        case sha512(inner: SHA512_CTX, outer: SHA512_CTX, is384: Bool)
    }

    private let state: State
    let signatureBytes: Int

    init(_ secret: [UInt8], digestBits: Int) {
        signatureBytes = digestBits / 8
        let block = digestBits == 256 ? 64 : 128
        var key = secret
        if key.count > block { key = Self.digest(key, bits: digestBits) }
        key += [UInt8](repeating: 0, count: block - key.count)
        let (inner, outer) = (key.map { $0 ^ 0x36 }, key.map { $0 ^ 0x5C })
        if digestBits == 256 {
            var states = (SHA256_CTX(), SHA256_CTX())
            SHA256_Init(&states.0)
            SHA256_Update(&states.0, inner, block)
            SHA256_Init(&states.1)
            SHA256_Update(&states.1, outer, block)
            state = .sha256(inner: states.0, outer: states.1)
        } else {
            let is384 = digestBits == 384
            var states = (SHA512_CTX(), SHA512_CTX())
            if is384 { SHA384_Init(&states.0) } else { SHA512_Init(&states.0) }
            SHA512_Update(&states.0, inner, block)
            if is384 { SHA384_Init(&states.1) } else { SHA512_Init(&states.1) }
            SHA512_Update(&states.1, outer, block)
            state = .sha512(inner: states.0, outer: states.1, is384: is384)
        }
    }

    /// Writes the signature into `output`, which holds `signatureBytes`.
    func sign(_ message: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
        let digest = output.bindMemory(to: UInt8.self).baseAddress
        switch state {
        case .sha256(var inner, var outer):
            SHA256_Update(&inner, message.baseAddress, message.count)
            SHA256_Final(digest, &inner)
            SHA256_Update(&outer, digest, signatureBytes)
            SHA256_Final(digest, &outer)
        case .sha512(var inner, var outer, let is384):
            SHA512_Update(&inner, message.baseAddress, message.count)
            if is384 { SHA384_Final(digest, &inner) } else { SHA512_Final(digest, &inner) }
            SHA512_Update(&outer, digest, signatureBytes)
            if is384 { SHA384_Final(digest, &outer) } else { SHA512_Final(digest, &outer) }
        }
    }

    private static func digest(_ bytes: [UInt8], bits: Int) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: bits / 8)
        switch bits {
        case 256: SHA256(bytes, bytes.count, &digest)
        case 384: SHA384(bytes, bytes.count, &digest)
        default: SHA512(bytes, bytes.count, &digest)
        }
        return digest
    }
}
