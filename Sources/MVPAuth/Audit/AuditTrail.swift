/// How an operation notes what it does: on whose behalf it runs, and whether rows are kept of it.
public struct AuditTrail: Sendable {
    package let origin: RequestOrigin
    /// Whether what is noted becomes a row, or is for the log only.
    package let isKept: Bool
    let entropy: any Entropy

    package init(_ origin: RequestOrigin, isKept: Bool = true, entropy: any Entropy = SystemEntropy()) {
        self.origin = origin
        self.isKept = isKept
        self.entropy = entropy
    }

    /// What becomes a row. Nil where none is kept.
    package func kept(
        _ kind: AuthEvent.Kind, of user: UserID?, session: SessionID?, at now: Timestamp
    ) -> AuthEvent? {
        isKept ? event(kind, of: user, session: session, at: now) : nil
    }

    package func event(
        _ kind: AuthEvent.Kind, _ outcome: AuthEvent.Outcome = .success, of user: UserID?, session: SessionID? = nil,
        detail: String? = nil, at now: Timestamp
    ) -> AuthEvent {
        AuthEvent(
            id: .random(from: entropy), at: now, kind, outcome, of: user, session: session, by: origin,
            detail: detail)
    }
}
