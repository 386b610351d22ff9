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
