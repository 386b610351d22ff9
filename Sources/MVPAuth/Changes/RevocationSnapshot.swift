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
