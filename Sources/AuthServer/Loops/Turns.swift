internal import DequeModule

/// Who goes on next on an event loop. Users of the host share its time alike, however many connections each has.
///
/// Between two looks of the loop at its sockets the connections of a user have a slice of time together. Those that
/// come when it is used up wait for a turn; between two looks one user of those who wait has one. So nobody waits for
/// longer than a slice of each other user. It knows no clock.
struct Turns<Connection> {
    /// What one user has used of a loop, and his connections that wait.
    final class User {
        fileprivate let share: UserShare
        fileprivate var connections = 0
        fileprivate var used: UInt64 = 0
        /// The round in which that was.
        fileprivate var round: UInt64 = 0
        fileprivate var waiting = Deque<Connection>()
        /// Whether he has a turn, or one is coming.
        fileprivate var isInLine = false

        fileprivate init(_ share: UserShare) { self.share = share }

        /// The next of the connections that wait.
        func next() -> Connection? { waiting.popFirst() }
    }

    /// Nanoseconds: some tens of calls that are answered from memory.
    static var slice: UInt64 { 50_000 }

    private var users: [ObjectIdentifier: User] = [:]
    private var queue = Deque<User>()
    private var round: UInt64 = 1

    /// A connection begins. Whoever has a share of his own has turns of his own.
    mutating func join(_ share: UserShare) -> User {
        let user = users[ObjectIdentifier(share)] ?? User(share)
        users[ObjectIdentifier(share)] = user
        user.connections += 1
        return user
    }

    mutating func leave(_ user: User) {
        user.connections -= 1
        if user.connections == 0 { users[ObjectIdentifier(user.share)] = nil }
    }

    /// Whether there is more than one user to share with.
    var isShared: Bool { users.count > 1 }

    /// What a user may use now without waiting for a turn: nothing while others of his connections wait for one.
    func left(of user: User) -> UInt64 {
        guard user.waiting.isEmpty else { return 0 }
        guard user.round == round else { return Self.slice }
        return user.used < Self.slice ? Self.slice - user.used : 0
    }

    /// A user has used so much.
    mutating func use(_ time: UInt64, by user: User) {
        if user.round != round { (user.round, user.used) = (round, 0) }
        user.used += time
    }

    /// The loop is about to look at its sockets.
    mutating func endRound() { round &+= 1 }

    /// A connection waits for a turn of its user.
    mutating func wait(_ connection: Connection, of user: User) {
        user.waiting.append(connection)
        guard !user.isInLine else { return }
        user.isInLine = true
        queue.append(user)
    }

    var isAnyoneWaiting: Bool { !queue.isEmpty }

    /// Whose turn it is. ``endTurn(of:)`` follows.
    mutating func next() -> User? { queue.popFirst() }

    /// Those of the user's connections that still wait, wait for the next turn.
    mutating func endTurn(of user: User) {
        user.isInLine = !user.waiting.isEmpty
        if user.isInLine { queue.append(user) }
    }
}
