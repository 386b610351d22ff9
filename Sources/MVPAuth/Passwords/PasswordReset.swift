/// A change of password by somebody who holds a reset token.
public struct PasswordReset: Sendable {
    public let user: UserID
    public let token: BlockedToken
    public let address: String
    public let validity: Validity
    public let to: PasswordHash
    public let notice: EmailNotice?
    public let release: ThrottleRelease?
    public let now: Timestamp

    /// What ties the token to the password it was made for.
    public enum Validity: Sendable, Equatable {
        case generation(Int64)
        /// Tokens of the Python library name no generation: they must be younger than the password.
        case issuedAt(Int64)
    }

    public init(
        user: UserID, token: BlockedToken, address: String, validity: Validity, to: PasswordHash,
        notice: EmailNotice? = nil, release: ThrottleRelease? = nil, now: Timestamp
    ) {
        self.user = user
        self.token = token
        self.address = address
        self.validity = validity
        self.to = to
        self.notice = notice
        self.release = release
        self.now = now
    }

    /// Whether the token may still be used on this account. The store asks additionally that it was never consumed.
    public func isValid(for user: User) -> Bool {
        guard user.email.utf8.elementsEqual(address.utf8) else { return false }
        return switch validity {
        case .generation(let generation): generation == user.passwordGeneration
        case .issuedAt(let second): second > user.passwordChangedAt.seconds
        }
    }
}
