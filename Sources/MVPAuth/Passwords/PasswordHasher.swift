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

    /// Whether a hash that was made elsewhere can be verified, at a cost that is bearable.
    func canVerify(_ hash: PasswordHash) -> Bool

    /// Takes in how most stored hashes were made: what is verified against nothing costs that too.
    func expect(_ form: PasswordForm)
}

extension PasswordHasher {
    /// A hasher with one cost only has nothing to take in.
    public func expect(_ form: PasswordForm) {}

    public func canVerify(_ hash: PasswordHash) -> Bool { PasswordForm(of: hash.text) != nil }
}

public enum PasswordVerdict: Sendable, Equatable {
    case mismatch
    /// `needsRehash`: algorithm or cost differ from the configuration, and every byte of the password was compared.
    case match(needsRehash: Bool)
}
