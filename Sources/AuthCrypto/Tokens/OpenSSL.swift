internal import COpenSSL

/// What is needed of libcrypto besides keys. Its pointers do not leave this file.
enum OpenSSL {
    static func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { digest, count in
            SHA256(bytes.baseAddress, bytes.count, digest.baseAddress)
            count = Int(SHA256_DIGEST_LENGTH)
        }
    }

    /// The first error of this thread's queue is of no use to an operator; it must not show up in a later call either.
    static func forgetErrors() { ERR_clear_error() }

    /// Lets OpenSSL read these bytes as a file.
    static func reading<R>(_ bytes: [UInt8], _ body: (_ file: OpaquePointer) -> R?) -> R? {
        bytes.withUnsafeBytes { bytes in
            // SAFETY: the BIO keeps this pointer, so both live in this closure and end with it.
            guard let file = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(file) }
            return body(file)
        }
    }
}
