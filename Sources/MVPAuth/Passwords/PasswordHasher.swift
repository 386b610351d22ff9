/// Hashes and verifies passwords, away from the event loops.
///
/// `app` names on whose behalf the work is done, so that one app's logins cannot starve another's.
public protocol PasswordHasher: Sendable {
    /// Throws `OVERLOADED` when too much work waits.
    func hash(_ password: Secret, for app: String) async throws(AuthError) -> PasswordHash

    /// Verifies against a stored hash, or against nothing: that costs the same and never matches, so an unknown
    /// account cannot be told from a wrong password by time. A hash that cannot be read is a mismatch.
    func verify(_ password: Secret, against stored: PasswordHash?, for app: String) async throws(AuthError)
        -> PasswordVerdict

    /// Takes in how most stored hashes were made: what is verified against nothing costs that too.
    func expect(_ form: PasswordForm)

    /// Why a hash that other software made is not taken over; nil when it is. Computes nothing.
    func refusal(of foreign: Secret) -> HashRefusal?

    /// What is stored for a hash that other software made: the hash as it is, or a slow hash of a fast one. Throws
    /// `PASSWORD_VALIDATION` for what `refusal` says.
    func adopt(_ foreign: Secret, for app: String) async throws(AuthError) -> PasswordHash
}

extension PasswordHasher {
    /// A hasher with one cost only has nothing to take in.
    public func expect(_ form: PasswordForm) {}

    /// A hasher without costs takes over what can be read.
    public func refusal(of foreign: Secret) -> HashRefusal? {
        do throws(HashRefusal) {
            _ = try ForeignHash(foreign.reveal())
            return nil
        } catch {
            return error
        }
    }

    public func adopt(_ foreign: Secret, for app: String) async throws(AuthError) -> PasswordHash {
        if let refusal = refusal(of: foreign) { throw AuthError(refusal) }
        return PasswordHash(foreign.reveal(), isImported: true)
    }
}

public enum PasswordVerdict: Sendable, Equatable {
    case mismatch
    /// `needsRehash`: algorithm or cost differ from the configuration, and every byte of the password was compared.
    case match(needsRehash: Bool)
}

extension AuthError {
    /// A hash that is not taken over.
    public init(_ refusal: HashRefusal) {
        self.init(
            .passwordValidation, "The password hash \(refusal.reason).",
            fields: [.init("password_hash", refusal.reason)])
    }
}
