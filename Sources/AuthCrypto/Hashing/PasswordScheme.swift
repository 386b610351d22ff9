internal import MVPAuth
internal import StrictJSON

/// How passwords are hashed and verified here, whatever made the stored hash. Blocking.
///
/// Every refusal takes its full computations, whether or not there is an account, so that they cannot be told apart:
/// one for each spelling of the password. There is one of what is usually typed, two where NFC changes the password, and
/// one more where NFKC does, for the sake of hashes of that.
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

    private var foreign: ForeignVerifier { ForeignVerifier(argon2id: argon2id, bcrypt: bcrypt) }

    private var configured: any PasswordAlgorithm { choice == .bcrypt ? bcrypt : argon2id }

    /// argon2id for what bcrypt would cut off: no byte of a password is ever ignored.
    private func algorithm(for password: [UInt8]) -> any PasswordAlgorithm {
        password.count > Bcrypt.longestPassword ? argon2id : configured
    }

    func hash(_ password: String) -> PasswordHash? {
        var bytes = Array(nfc(password).utf8)
        defer { overwrite(&bytes) }
        guard !bytes.contains(0) else { return nil }
        return algorithm(for: bytes).hash(bytes).map { PasswordHash($0) }
    }

    /// Hashes that nothing matches, of each cost that is usual here: what new accounts get, and what `form` says.
    func decoys(and form: PasswordForm?) -> [String] {
        let made = choice == .bcrypt ? [bcrypt.decoy, argon2id.decoy] : [argon2id.decoy]
        return made
            + [form.flatMap { form in verifiers.lazy.compactMap { $0.decoy(of: form) }.first }].compactMap(\.self)
    }

    /// - Parameter decoy: what the password is compared with where there is no hash that can be.
    func verify(_ password: String, against stored: PasswordHash?, else decoy: String) -> Verification {
        var spellings = Spellings(password)
        defer { spellings.forget() }
        guard !spellings.normalized.contains(0) else {
            return Verification(verdict: .mismatch, form: nil, computations: 0)
        }
        let usable = stored.flatMap { stored in verifier(of: stored.text).map { ($0, stored) } }
        if let stored, usable == nil, stored != .none { onUnusableHash() }
        guard let (verifier, stored) = usable else { return decline(spellings, decoy) }
        let form = PasswordForm(of: stored.text)
        for (index, spelling) in spellings.all.enumerated() where verifier.matches(spelling.bytes, stored.text) {
            let verdict = verdict(of: spelling, stored, verifier)
            guard verdict != .mismatch else { continue }
            return Verification(verdict: verdict, form: form, computations: index + 1)
        }
        return Verification(verdict: .mismatch, form: form, computations: spellings.all.count)
    }

    private var verifiers: [any PasswordVerifier] { [bcrypt, argon2id, foreign] }

    private func verifier(of stored: String) -> (any PasswordVerifier)? {
        verifiers.first { $0.canVerify(stored) }
    }

    /// What it is worth that a hash is of this spelling.
    private func verdict(
        of spelling: Spellings.Spelling, _ stored: PasswordHash, _ verifier: any PasswordVerifier
    ) -> PasswordVerdict {
        if verifier is ForeignVerifier {
            if spelling.kind == .compatible, !foreign.hashesCompatibleForm(stored.text) { return .mismatch }
            // The new hash is of the normalized spelling, whichever this one was.
            return .match(needsRehash: !(foreign.cutsOff(stored.text) && spelling.bytes.count > Bcrypt.longestPassword))
        }
        switch spelling.kind {
        case .normalized: return match(spelling.bytes, stored, verifier)
        // Hashes made elsewhere may be of the bytes before NFC.
        case .raw: return stored.isImported ? .match(needsRehash: false) : .mismatch
        case .compatible: return .mismatch
        }
    }

    private func match(
        _ bytes: [UInt8], _ stored: PasswordHash, _ verifier: any PasswordVerifier
    ) -> PasswordVerdict {
        if verifier is Argon2id {
            return .match(needsRehash: !(algorithm(for: bytes) is Argon2id && argon2id.hasCost(of: stored.text)))
        }
        guard bytes.count > Bcrypt.longestPassword else {
            return .match(needsRehash: !(choice == .bcrypt && bcrypt.hasCost(of: stored.text)))
        }
        // Only hashes made elsewhere may have been cut off. What such a match was given may be wrong after byte 72,
        // so it is never rehashed: that would lock the owner out.
        return stored.isImported ? .match(needsRehash: false) : .mismatch
    }

    /// The work of a verification, and never a match.
    private func decline(_ spellings: Spellings, _ decoy: String) -> Verification {
        let verifier = verifier(of: decoy) ?? configured
        for spelling in spellings.all { _ = verifier.matches(spelling.bytes, decoy) }
        return Verification(
            verdict: .mismatch, form: PasswordForm(of: decoy), computations: spellings.all.count)
    }
}

/// Hashes that other software made.
extension PasswordScheme {
    /// Why a hash is not taken over; nil when it is.
    func refusal(of hash: String) -> HashRefusal? { foreign.refusal(of: hash) }

    /// Whether it is stored as a slow hash of it only.
    func isFast(_ hash: String) -> Bool { ((try? FastHash(hash)) ?? nil) != nil }

    /// What is stored for it. Takes as long as a new hash does where it is a fast one. Nil when that fails.
    func adopt(_ hash: String) throws(HashRefusal) -> PasswordHash? { try foreign.adopted(hash) }
}
