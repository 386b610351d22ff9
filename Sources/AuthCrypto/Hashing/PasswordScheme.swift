internal import MVPAuth

/// How passwords are hashed and verified here, whatever made the stored hash. Blocking.
///
/// Every verification does its full computations, whether or not there is an account, so that they cannot be told apart:
/// one, or two for a password that NFC changes.
struct PasswordScheme: Sendable {
    enum Choice: Sendable {
        case bcrypt
        case argon2id
    }

    /// What came of a verification, and what was computed for it.
    struct Verification: Sendable {
        let verdict: PasswordVerdict
        /// How the hash was made that the password was compared with.
        let form: PasswordForm?
        let computations: Int
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

    /// Hashes that nothing matches, of each cost that is usual here: what new accounts get, and what `form` says.
    func decoys(and form: PasswordForm?) -> [String] {
        let made = choice == .bcrypt ? [bcrypt.decoy, argon2id.decoy] : [argon2id.decoy]
        return made + [form.flatMap { bcrypt.decoy(of: $0) ?? argon2id.decoy(of: $0) }].compactMap(\.self)
    }

    /// - Parameter decoy: what the password is compared with where there is no hash that can be.
    func verify(_ password: String, against stored: PasswordHash?, else decoy: String) -> Verification {
        let bytes = Array(nfc(password).utf8)
        guard !bytes.contains(0) else { return Verification(verdict: .mismatch, form: nil, computations: 0) }
        let usable = stored.flatMap { stored in algorithm(of: stored.text).map { ($0, stored) } }
        if stored != nil, usable == nil { onUnusableHash() }
        guard let (algorithm, stored) = usable else { return decline(bytes, raw: password, decoy) }
        let isMatch = algorithm.matches(bytes, stored.text)
        // Hashes made elsewhere may be of the bytes before NFC. Computed for all, as an unknown account's is.
        let raw = Array(password.utf8)
        let isRawMatch = raw != bytes && algorithm.matches(raw, stored.text)
        return Verification(
            verdict: isMatch
                ? match(bytes, stored, algorithm)
                : stored.isImported && isRawMatch ? .match(needsRehash: false) : .mismatch,
            form: PasswordForm(of: stored.text), computations: raw == bytes ? 1 : 2)
    }

    func canVerify(_ stored: String) -> Bool { algorithm(of: stored) != nil }

    private func algorithm(of stored: String) -> (any PasswordAlgorithm)? {
        if bcrypt.canVerify(stored) { return bcrypt }
        return argon2id.canVerify(stored) ? argon2id : nil
    }

    private func match(
        _ bytes: [UInt8], _ stored: PasswordHash, _ algorithm: any PasswordAlgorithm
    ) -> PasswordVerdict {
        if algorithm is Argon2id {
            return .match(needsRehash: !(self.algorithm(for: bytes) is Argon2id && argon2id.hasCost(of: stored.text)))
        }
        guard bytes.count > Bcrypt.longestPassword else {
            return .match(needsRehash: !(choice == .bcrypt && bcrypt.hasCost(of: stored.text)))
        }
        // Only hashes made elsewhere may have been cut off. What such a match was given may be wrong after byte 72,
        // so it is never rehashed: that would lock the owner out.
        return stored.isImported ? .match(needsRehash: false) : .mismatch
    }

    /// The work of a verification, and never a match.
    private func decline(_ bytes: [UInt8], raw: String, _ decoy: String) -> Verification {
        let algorithm = algorithm(of: decoy) ?? configured
        _ = algorithm.matches(bytes, decoy)
        let raw = Array(raw.utf8)
        if raw != bytes { _ = algorithm.matches(raw, decoy) }
        return Verification(
            verdict: .mismatch, form: PasswordForm(of: decoy), computations: raw == bytes ? 1 : 2)
    }
}
