/// The values that go into and come out of the store's operations.

/// A session that has just ended, with how long its access tokens would still have lived.
public struct EndedSession: Sendable, Equatable, Hashable {
    public let id: SessionID
    public let accessExpiresAt: Timestamp

    public init(id: SessionID, accessExpiresAt: Timestamp) {
        self.id = id
        self.accessExpiresAt = accessExpiresAt
    }
}

/// An account after a change, and the sessions that the change ended.
public struct AccountChange: Sendable, Equatable {
    public let user: User
    public let ended: [EndedSession]

    public init(user: User, ended: [EndedSession]) {
        self.user = user
        self.ended = ended
    }
}

public enum VerificationOutcome: Sendable, Equatable {
    case verified(User)
    case alreadyVerified
    case inactive
    /// No such user, or the user has another address now.
    case mismatch
}

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

public enum PasswordOutcome: Sendable, Equatable {
    case changed(AccountChange)
    case inactive
    /// The account is gone, or its password is no longer the one that was verified or that the token was made for.
    case stale
}

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

extension Claims {
    /// Why an access token is dead, given what is stored of it. Nil: it is alive.
    public func rejection(isBlocked: Bool, session: Session?, user: User?) -> AuthError.Code? {
        guard let user, !isBlocked else { return .tokenRevoked }
        if sessionID != nil {
            guard let session, session.userID == subject, !session.isRevoked else { return .tokenRevoked }
        } else if let cutoff = user.revokedBefore, issuedAt <= cutoff.seconds {
            return .tokenRevoked
        }
        return user.isActive ? nil : .userInactive
    }
}

/// What an access token can be dead by.
public struct RevocationSnapshot: Sendable, Equatable {
    public var tokens: [BlockedToken]
    public var sessions: [EndedSession]
    public var inactiveUsers: [UserID]
    public var deletedUsers: [(id: UserID, until: Timestamp)]
    /// Per user: access tokens without a session, issued no later than this, are dead.
    public var cutoffs: [(id: UserID, before: Timestamp)]

    /// Seconds. The lifetime of access tokens made elsewhere is not known; it is assumed to be below a day.
    public static let longestAccessToken: Int64 = 86_400

    public init(
        tokens: [BlockedToken] = [], sessions: [EndedSession] = [], inactiveUsers: [UserID] = [],
        deletedUsers: [(id: UserID, until: Timestamp)] = [], cutoffs: [(id: UserID, before: Timestamp)] = []
    ) {
        self.tokens = tokens
        self.sessions = sessions
        self.inactiveUsers = inactiveUsers
        self.deletedUsers = deletedUsers
        self.cutoffs = cutoffs
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.tokens == right.tokens && left.sessions == right.sessions && left.inactiveUsers == right.inactiveUsers
            && left.deletedUsers.elementsEqual(right.deletedUsers, by: ==)
            && left.cutoffs.elementsEqual(right.cutoffs, by: ==)
    }
}
