internal import CLinux
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// What can wait for a turn on an event loop.
protocol TurnTaker: AnyObject {
    func turn()
}

/// The ``Turns`` of an event loop, and the clock for them. Used on that loop only.
final class LoopTurns {
    typealias User = Turns<any TurnTaker>.User

    @exclusivity(unchecked) private var turns = Turns<any TurnTaker>()
    private let loop: any EventLoop
    private let signal: LoopSignal
    @exclusivity(unchecked) private var isInTurn = false
    /// Whether the time is taken. A user who has the loop for himself keeps nobody waiting.
    @exclusivity(unchecked) private var isTimed = false
    @exclusivity(unchecked) private var began: UInt64 = 0
    @exclusivity(unchecked) private var end: UInt64 = 0
    @exclusivity(unchecked) private var asked = 0
    @exclusivity(unchecked) private var seen = 0
    @exclusivity(unchecked) private var isUsedUp = false

    /// The clock is read at every so many calls, or after so many bytes of answers.
    private static let calls = 4
    private static let bytes = 4096

    private init(loop: any EventLoop, signal: LoopSignal) {
        self.loop = loop
        self.signal = signal
    }

    /// They last as long as the loop runs.
    static func start(on loop: any EventLoop) async throws -> NIOLoopBoundBox<LoopTurns> {
        let descriptor = event_counter()
        let turns = NIOLoopBoundBox.makeBoxSendingValue(
            LoopTurns(loop: loop, signal: LoopSignal(descriptor)), eventLoop: loop)
        _ = try await NIOPipeBootstrap(group: loop)
            .channelOption(ChannelOptions.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TurnHandler(turns.value))
                }
            }
            .takingOwnershipOfDescriptor(input: descriptor).get()
        return turns
    }

    func join(_ share: UserShare) -> User { turns.join(share) }

    func leave(_ user: User) { turns.leave(user) }

    // MARK: A connection's part

    /// A connection of the user is about to work.
    func begin(_ user: User) {
        seen = 0
        guard !isInTurn else { return }
        isTimed = turns.isShared
        if isTimed { begin(for: turns.left(of: user)) } else { isUsedUp = false }
    }

    private func begin(for time: UInt64) {
        began = NIODeadline.now().uptimeNanoseconds
        end = began + time
        isUsedUp = time == 0
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
        isUsedUp = isUsedUp || NIODeadline.now().uptimeNanoseconds >= end
        return isUsedUp
    }

    /// It has worked.
    func finish(_ user: User) {
        guard isTimed, !isInTurn else { return }
        use(by: user)
    }

    private func use(by user: User) {
        let time = NIODeadline.now().uptimeNanoseconds - began
        guard turns.use(time, by: user) else { return }
        // What is given to the loop to run runs when it has dealt with the sockets that were ready.
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.turns.endRound() }
    }

    // MARK: Turns

    /// Gives the connection a turn when it is its user's, and its own among his.
    func wait(_ handler: any TurnTaker, of user: User) {
        if !isInTurn, !turns.isAnyoneWaiting { signal.raise() }
        turns.wait(handler, of: user)
    }

    /// The loop has looked at its sockets: one user has a turn.
    fileprivate func turn() {
        guard let user = turns.next() else { return }
        begin(for: Turns<any TurnTaker>.slice)
        (isInTurn, isTimed) = (true, true)
        repeat {
            guard let handler = user.next() else { break }
            handler.turn()
        } while !look()
        isInTurn = false
        use(by: user)
        turns.endTurn(of: user)
        if turns.isAnyoneWaiting { signal.raise() }
    }
}

/// Makes an event loop look at its sockets before it comes back. What is given to the loop to run does not: it runs
/// before that.
private struct LoopSignal {
    private let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    func raise() {
        var one: UInt64 = 1
        // It never fails: the counter is far from full, and open as long as the loop runs.
        _ = write(descriptor, &one, MemoryLayout.size(ofValue: one))
    }
}

private final class TurnHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let turns: LoopTurns

    init(_ turns: LoopTurns) {
        self.turns = turns
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { turns.turn() }
}
