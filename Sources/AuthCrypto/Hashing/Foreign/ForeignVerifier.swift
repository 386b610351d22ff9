internal import MVPAuth
internal import StrictJSON

/// Verifies hashes that other software made, and the slow hashes of their fast ones. Makes none for new passwords.
struct ForeignVerifier: PasswordVerifier {
    /// Its bounds hold for every argon2 hash, and by its costs a fast hash is wrapped.
    let argon2id: Argon2id
    let bcrypt: Bcrypt

    func canVerify(_ stored: String) -> Bool { (try? accept(stored)) != nil }

    func matches(_ password: [UInt8], _ stored: String) -> Bool {
        guard let hash = try? accept(stored), let prepared = prepare(password, hash.preparation) else { return false }
        switch hash.function {
        case .bcrypt(let text): return bcrypt.matches(prepared, text)
        case .argon2(let text): return argon2id.matchesAnyVariant(prepared, text)
        case .scrypt(let logN, let blockSize, let parallelism):
            if let signerKey = hash.signerKey {
                guard let key = KeyDerivation.scrypt(prepared, hash.salt, logN, blockSize, parallelism, length: 32)
                else { return false }
                return (KeyDerivation.encrypt(signerKey, with: key)).map { constantTimeEqual($0, hash.result) } ?? false
            }
            let key = KeyDerivation.scrypt(
                prepared, hash.salt, logN, blockSize, parallelism, length: hash.result.count)
            return key.map { constantTimeEqual($0, hash.result) } ?? false
        case .pbkdf2(let digest, let rounds):
            let key = KeyDerivation.pbkdf2(prepared, hash.salt, digest, rounds, length: hash.result.count)
            return key.map { constantTimeEqual($0, hash.result) } ?? false
        }
    }

    func decoy(of form: PasswordForm) -> String? {
        let salt = Base64.encode([UInt8](repeating: 0x5A, count: 16), Base64.standard)
        // One block of any digest, so that the rounds of the form are all that there are.
        let result = Base64.encode([UInt8](repeating: 0xA5, count: 16), Base64.standard)
        let decoy = form.text + salt + "$" + result
        return canVerify(decoy) ? decoy : nil
    }

    /// Whether a hash is of the compatible form of a password.
    func hashesCompatibleForm(_ stored: String) -> Bool { (try? ForeignHash(stored))?.hashesCompatibleForm ?? false }

    /// Whether a hash is of the first 72 bytes only.
    func cutsOff(_ stored: String) -> Bool {
        guard let hash = try? ForeignHash(stored), case .bcrypt = hash.function, case .none = hash.preparation else {
            return false
        }
        return true
    }

    /// A hash that may be computed, taken apart.
    private func accept(_ stored: String) throws(HashRefusal) -> ForeignHash {
        let hash = try ForeignHash(stored)
        if case .argon2(let text) = hash.function, let refusal = argon2id.refusal(of: text) { throw refusal }
        return hash
    }

    private func prepare(_ password: [UInt8], _ preparation: ForeignHash.Preparation) -> [UInt8]? {
        switch preparation {
        case .none: return password
        case .hexadecimalSHA256: return KeyDerivation.digest(.sha256, password).map { Array(hexadecimal($0).utf8) }
        case .fast(let recipe):
            var input = recipe.input(password)
            defer { overwrite(&input) }
            return KeyDerivation.digest(recipe.digest, input)
        }
    }
}

extension ForeignVerifier {
    /// Why a hash is not taken over; nil when it is.
    func refusal(of text: String) -> HashRefusal? {
        do throws(HashRefusal) {
            if try FastHash(text) == nil { _ = try accept(text) }
            return nil
        } catch {
            return error
        }
    }

    /// What is stored for a hash that is taken over: itself, or a slow hash of it, which takes a while.
    func adopted(_ text: String) throws(HashRefusal) -> PasswordHash? {
        guard let fast = try FastHash(text) else {
            _ = try accept(text)
            return PasswordHash(text, isImported: true)
        }
        return argon2id.hash(fast.value).map { PasswordHash(fast.wrapped(in: $0), isImported: true) }
    }
}
