internal import COpenSSL

/// What is needed of libcrypto besides keys. Its pointers do not leave this file.
enum OpenSSL {
    /// Writes the digest into `output`, which holds 32 bytes. `SHA256` does the same and looks up the algorithm each time.
    static func sha256(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
        var state = SHA256_CTX()
        SHA256_Init(&state)
        SHA256_Update(&state, bytes.baseAddress, bytes.count)
        SHA256_Final(output.bindMemory(to: UInt8.self).baseAddress, &state)
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
