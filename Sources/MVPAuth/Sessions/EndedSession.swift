/// A session that has just ended, with how long its access tokens would still have lived.
public struct EndedSession: Sendable, Equatable, Hashable {
    public let id: SessionID
    public let accessExpiresAt: Timestamp

    public init(id: SessionID, accessExpiresAt: Timestamp) {
        self.id = id
        self.accessExpiresAt = accessExpiresAt
    }
}
