/// An account after a change, and the sessions that the change ended.
public struct AccountChange: Sendable, Equatable {
    public let user: User
    public let ended: [EndedSession]

    public init(user: User, ended: [EndedSession]) {
        self.user = user
        self.ended = ended
    }
}
