/// Something committed that makes access tokens dead, or alive again, or an account that was read stale.
public enum Change: Sendable, Equatable {
    case sessionEnded(EndedSession)
    case tokenBlocked(BlockedToken)
    /// - Parameters:
    ///   - isActive: whether the account is active. Nil: the change was another one.
    ///   - revokedBefore: access tokens without a session, issued no later than this, are dead.
    case userChanged(UserID, isActive: Bool? = nil, revokedBefore: Timestamp? = nil)
    case userDeleted(UserID, until: Timestamp)
}

/// What an operation of the store has changed, out of what it returned.
extension AccountChange {
    /// - Parameter tellsActivity: whether the operation was about the account's being active.
    func changes(tellsActivity: Bool = false) -> [Change] {
        ended.map(Change.sessionEnded) + [
            .userChanged(user.id, isActive: tellsActivity ? user.isActive : nil, revokedBefore: user.revokedBefore)
        ]
    }
}

extension PasswordOutcome {
    var changes: [Change] {
        switch self {
        case .changed(let account): account.changes()
        case .inactive, .stale: []
        }
    }
}

extension VerificationOutcome {
    var changes: [Change] {
        switch self {
        case .verified(let user): [.userChanged(user.id)]
        case .alreadyVerified, .inactive, .mismatch: []
        }
    }
}

extension RotationOutcome {
    var changes: [Change] {
        switch self {
        case .reused(let ended): ended.map(Change.sessionEnded)
        case .rotated, .outlives, .replayed, .refused: []
        }
    }
}
