/// A change of password by somebody who knew the old one.
public struct PasswordChange: Sendable {
    public let user: UserID
    public let from: PasswordHash
    public let to: PasswordHash
    public let notice: EmailNotice?
    public let release: ThrottleRelease?
    public let now: Timestamp

    public init(
        user: UserID, from: PasswordHash, to: PasswordHash, notice: EmailNotice? = nil,
        release: ThrottleRelease? = nil, now: Timestamp
    ) {
        self.user = user
        self.from = from
        self.to = to
        self.notice = notice
        self.release = release
        self.now = now
    }
}

public enum PasswordOutcome: Sendable, Equatable {
    case changed(AccountChange)
    case inactive
    /// The account is gone, or its password is no longer the one that was verified or that the token was made for.
    case stale
}
