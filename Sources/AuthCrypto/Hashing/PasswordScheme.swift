internal import MVPAuth

/// How passwords are hashed and verified here, whatever made the stored hash. Blocking.
///
/// Every verification does one full computation, whether or not there is an account, so that they cannot be told apart.
struct PasswordScheme: Sendable {
    enum Choice: Sendable {
        case bcrypt
        case argon2id
    }

    let choice: Choice
    let bcrypt: Bcrypt
    let argon2id: Argon2id
    /// Told when a stored hash cannot be used. Gets no secret.
    let onUnusableHash: @Sendable () -> Void

    private var configured: any PasswordAlgorithm { choice == .bcrypt ? bcrypt : argon2id }

    /// argon2id for what bcrypt would cut off: no byte of a password is ever ignored.
    private func algorithm(for password: [UInt8]) -> any PasswordAlgorithm {
        password.count > Bcrypt.longestPassword ? argon2id : configured
    }

    func hash(_ password: String) -> PasswordHash? {
        let bytes = Array(nfc(password).utf8)
        guard !bytes.contains(0) else { return nil }
        return algorithm(for: bytes).hash(bytes).map { PasswordHash($0) }
    }

    func verify(_ password: String, against stored: PasswordHash?) -> PasswordVerdict {
        let bytes = Array(nfc(password).utf8)
        guard !bytes.contains(0) else { return .mismatch }
        guard let stored else { return decline(bytes) }
        if bcrypt.canVerify(stored.text) { return verify(bytes, raw: password, bcryptHash: stored) }
        guard argon2id.canVerify(stored.text) else {
            onUnusableHash()
            return decline(bytes)
        }
        if argon2id.matches(bytes, stored.text) {
            let wanted = algorithm(for: bytes)
            return .match(needsRehash: !(wanted is Argon2id && argon2id.hasCost(of: stored.text)))
        }
        return retryImported(raw: password, normalized: bytes, stored, argon2id)
    }

    private func verify(_ bytes: [UInt8], raw: String, bcryptHash stored: PasswordHash) -> PasswordVerdict {
        let isTruncated = bytes.count > Bcrypt.longestPassword
        guard bcrypt.matches(bytes, stored.text) else {
            return retryImported(raw: raw, normalized: bytes, stored, bcrypt)
        }
        guard isTruncated else {
            return .match(needsRehash: !(choice == .bcrypt && bcrypt.hasCost(of: stored.text)))
        }
        // Only hashes made elsewhere may have been cut off. What such a match was given may be wrong behind byte 72,
        // so it is never rehashed: that would lock the owner out.
        return stored.isImported ? .match(needsRehash: false) : .mismatch
    }

    /// Hashes made elsewhere may be of the bytes before NFC. Not rehashed: the owner goes on typing those bytes.
    private func retryImported(
        raw: String, normalized: [UInt8], _ stored: PasswordHash, _ algorithm: any PasswordAlgorithm
    ) -> PasswordVerdict {
        let bytes = Array(raw.utf8)
        guard stored.isImported, bytes != normalized, algorithm.matches(bytes, stored.text) else { return .mismatch }
        return .match(needsRehash: false)
    }

    /// The work of a verification, and never a match.
    private func decline(_ bytes: [UInt8]) -> PasswordVerdict {
        _ = configured.matches(bytes, configured.decoy)
        return .mismatch
    }
}
