/// A store that others write too: daemons on other hosts, another program, an operator.
///
/// What is kept in memory is then exact only as far as the store tells of changes, and is relied upon no longer than it
/// vouches for.
public protocol SharedAuthStore: AuthStore {
    /// Tells of every change, whoever made it, until the task is cancelled. Connects and reconnects by itself.
    ///
    /// Throws when the store can never be used by this program.
    func follow(_ follower: any StoreFollower) async throws
}

public protocol StoreFollower: Sendable {
    /// Changes may have been missed: reads everything again. Changes that are committed from now on will be told.
    func synchronize() async throws(AuthError)

    func apply(_ change: Change)

    /// Every change that was committed before this uptime, in nanoseconds, has been told.
    func confirm(_ uptime: UInt64)
}
