public enum VerificationOutcome: Sendable, Equatable {
    case verified(User)
    case alreadyVerified
    case inactive
    /// No such user, or the user has another address now.
    case mismatch
}
