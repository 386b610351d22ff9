/// Keeps something that follows from what the store holds: what tokens are dead by, accounts that were read.
protocol ChangeFollower: Sendable {
    func apply(_ change: Change)
}

/// The one way by which memory hears of what was committed, whoever committed it: a service of this process by way of
/// ``ObservedStore``, another writer by way of the store's own notices.
struct ChangeFeed: Sendable {
    private let followers: [any ChangeFollower]

    init(_ followers: [any ChangeFollower]) {
        self.followers = followers
    }

    func publish(_ changes: [Change]) {
        for change in changes {
            for follower in followers { follower.apply(change) }
        }
    }
}
