internal import MVPAuth

/// One way of verifying passwords. Blocking and slow on purpose: called on the threads of `HashingPool` only.
protocol PasswordVerifier: Sendable {
    /// Whether the hash is of this kind, and within bounds that may be computed. Computes nothing.
    func canVerify(_ stored: String) -> Bool

    func matches(_ password: [UInt8], _ stored: String) -> Bool

    /// A well-formed hash of this cost that no password is known to have. Nil when it is of another kind, or out of
    /// bounds.
    func decoy(of form: PasswordForm) -> String?
}

/// One way of hashing passwords.
protocol PasswordAlgorithm: PasswordVerifier {
    /// A new hash in text form, with a fresh salt.
    func hash(_ password: [UInt8]) -> String?

    /// Whether the hash was made with this very cost.
    func hasCost(of stored: String) -> Bool

    /// A well-formed hash of this cost that no password is known to have: verifying it costs what any costs.
    var decoy: String { get }
}

/// Random bytes for a salt.
func salt(_ count: Int) -> [UInt8] { SystemEntropy().bytes(count) }
