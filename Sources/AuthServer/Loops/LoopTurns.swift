internal import MVPAuth

/// What can wait for a turn on an event loop.
protocol TurnTaker: AnyObject {
    func turn()
}

/// The ``Turns`` of an event loop, and the clock for them. Used on that loop only.
final class LoopTurns {
    typealias User = Turns<any TurnTaker>.User

    @exclusivity(unchecked) private var turns = Turns<any TurnTaker>()
    @exclusivity(unchecked) private var isInTurn = false
    /// Whether the time is taken. A user who has the loop for himself keeps nobody waiting.
    @exclusivity(unchecked) private var isTimed = false
    @exclusivity(unchecked) private var began: UInt64 = 0
    @exclusivity(unchecked) private var end: UInt64 = 0
    @exclusivity(unchecked) private var asked = 0
    @exclusivity(unchecked) private var seen = 0
    @exclusivity(unchecked) private var isUsedUp = false
    private let time: any TimeSource

    /// The clock is read at every so many calls, or after so many bytes of answers.
    private static let calls = 4
    private static let bytes = 4096

    /// - Parameter loop: has not been started yet.
    init(of loop: EventLoop, time: any TimeSource = SystemTime()) {
        self.time = time
        loop.onEndOfRounds { self.endRound() }
    }

    func join(_ share: UserShare) -> User { turns.join(share) }

    func leave(_ user: User) { turns.leave(user) }

    // MARK: A connection's part

    /// A connection of the user is about to work.
    func begin(_ user: User) {
        seen = 0
        guard !isInTurn else { return }
        isTimed = turns.isShared
        if isTimed { begin(for: turns.left(of: user)) }
    }

    private func begin(for nanoseconds: UInt64) {
        began = time.uptime()
        end = began + nanoseconds
        isUsedUp = nanoseconds == 0
        asked = 0
    }

    /// Whether the time is used up. Once it is, it stays so.
    ///
    /// - Parameter written: bytes of answers that have been written so far.
    func isOver(written: Int) -> Bool {
        guard isTimed else { return false }
        if isUsedUp { return true }
        asked += 1
        guard asked % Self.calls == 0 || written - seen > Self.bytes else { return false }
        seen = written
        return look()
    }

    private func look() -> Bool {
        isUsedUp = isUsedUp || time.uptime() >= end
        return isUsedUp
    }

    /// It has worked.
    func finish(_ user: User) {
        guard isTimed, !isInTurn else { return }
        use(by: user)
    }

    private func use(by user: User) {
        turns.use(time.uptime() - began, by: user)
    }

    // MARK: Turns

    /// Gives the connection a turn when it is its user's, and its own among his.
    func wait(_ handler: any TurnTaker, of user: User) {
        turns.wait(handler, of: user)
    }

    /// The loop has looked at its sockets: one user has a turn. Whether others wait for theirs.
    func endRound() -> Bool {
        turns.endRound()
        guard let user = turns.next() else { return false }
        begin(for: Turns<any TurnTaker>.slice)
        (isInTurn, isTimed) = (true, true)
        repeat {
            guard let handler = user.next() else { break }
            handler.turn()
        } while !look()
        isInTurn = false
        use(by: user)
        turns.endTurn(of: user)
        return turns.isAnyoneWaiting
    }
}
