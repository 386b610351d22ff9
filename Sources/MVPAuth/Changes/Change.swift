/// Something committed that makes access tokens dead, or alive again, or an account that was read stale.
public enum Change: Sendable, Equatable {
    case sessionEnded(EndedSession)
    case tokenBlocked(BlockedToken)
    /// - Parameters:
    ///   - isActive: whether the account is active. Nil: the change was another one.
    ///   - revokedBefore: access tokens without a session, issued no later than this, are dead.
    case userChanged(UserID, isActive: Bool? = nil, revokedBefore: Timestamp? = nil)
    case userDeleted(UserID, until: Timestamp)
    /// A message waits in the outbox: for the first time, by this process, or again.
    case messageQueued(isNew: Bool)
}

/// What an operation has changed that a store may answer in a statement of its own.
extension RotationOutcome {
    func changes(by rotation: Rotation) -> [Change] {
        switch self {
        case .reused(let ended):
            // The owner is notified.
            ended.map(Change.sessionEnded) + (rotation.notice == nil ? [] : [.messageQueued(isNew: true)])
        case .rotated, .outlives, .replayed, .refused: []
        }
    }
}

extension SessionStartOutcome {
    func changes(by login: SessionStart) -> [Change] {
        switch self {
        case .begun(let ended):
            ended.map(Change.sessionEnded) + (login.rehashed == nil ? [] : [.userChanged(login.session.userID)])
        case .refused: []
        }
    }
}
