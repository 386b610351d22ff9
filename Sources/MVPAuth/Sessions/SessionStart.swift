/// A login that has verified a password and wants its session.
public struct SessionStart: Sendable {
    public let session: Session
    public let verified: PasswordHash
    public let rehashed: PasswordHash?
    /// The most live sessions that a user may have.
    public let limit: Int
    /// How many of those that were there may stay.
    package var kept: Int { max(0, limit - 1) }
    /// What the success makes of failures. Nil: there were none, and nothing is written for them.
    public let release: ThrottleRelease?
    /// How the login is noted. Nil: it is not.
    public package(set) var trail: AuditTrail?

    public init(
        session: Session, verified: PasswordHash, rehashed: PasswordHash?, limit: Int, release: ThrottleRelease? = nil
    ) {
        self.session = session
        self.verified = verified
        self.rehashed = rehashed
        self.limit = limit
        self.release = release
    }
}

public enum SessionStartOutcome: Sendable, Equatable {
    case begun(ended: [EndedSession])
    /// The password changed, or the account was deactivated or deleted, since it was verified.
    case refused
}
