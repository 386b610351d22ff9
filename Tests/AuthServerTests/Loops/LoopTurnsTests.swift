import AuthTesting
import Testing

@testable import AuthServer

/// How long the connections of a loop may go on. The loop is not started: the test is on it.
@Suite("Time on an event loop")
struct LoopTurnsTests {
    private static let slice = Turns<any TurnTaker>.slice

    private let time = ManualTime()
    private let turns: LoopTurns
    private let ada: LoopTurns.User

    init() {
        turns = LoopTurns(of: EventLoop("test"), time: time)
        ada = turns.join(UserShare(uid: 1))
    }

    /// Whether the time is used up, asked until the clock has been read.
    private func isOver() -> Bool { (0..<4).contains { _ in turns.isOver(written: 0) } }

    @Test("who has the loop for himself never waits, and what he has used meanwhile is not counted")
    func alone() {
        turns.begin(ada)
        time.advance(nanoseconds: 2 * Self.slice)
        #expect(!isOver())
        turns.finish(ada)
        _ = turns.join(UserShare(uid: 2))
        turns.begin(ada)
        #expect(!isOver())
    }

    @Test("with others he has a slice in a round; once it is used up it stays so")
    func slice() {
        let bob = turns.join(UserShare(uid: 2))
        turns.begin(ada)
        time.advance(nanoseconds: Self.slice - 1)
        #expect(!isOver())
        time.advance(nanoseconds: 1)
        #expect(isOver() && turns.isOver(written: 0))
        turns.finish(ada)
        turns.begin(ada)
        #expect(turns.isOver(written: 0), "nothing is left")
        turns.finish(ada)
        turns.begin(bob)
        #expect(!isOver())
        turns.finish(bob)
        #expect(!turns.endRound())
        turns.begin(ada)
        time.advance(nanoseconds: 1)
        #expect(!isOver())
        turns.finish(ada)
        turns.begin(ada)
        time.advance(nanoseconds: Self.slice - 2)
        #expect(!isOver())
        time.advance(nanoseconds: 1)
        #expect(isOver())
        turns.finish(ada)
        turns.leave(bob)
        turns.begin(ada)
        #expect(!isOver(), "he is alone again")
    }

    @Test("the clock is read at every fourth question, or when more than 4096 bytes have been written since")
    func readings() {
        _ = turns.join(UserShare(uid: 2))
        turns.begin(ada)
        #expect(!turns.isOver(written: 4097))
        time.advance(nanoseconds: Self.slice)
        #expect(!turns.isOver(written: 8193))
        #expect(turns.isOver(written: 8194))
        turns.finish(ada)
        _ = turns.endRound()
        turns.begin(ada)
        time.advance(nanoseconds: Self.slice)
        #expect(!turns.isOver(written: 4096))
        #expect(turns.isOver(written: 4097))
        turns.finish(ada)
        _ = turns.endRound()
        turns.begin(ada)
        time.advance(nanoseconds: Self.slice)
        for _ in 0..<3 { #expect(!turns.isOver(written: 0)) }
        #expect(turns.isOver(written: 0))
    }

    /// A connection that works when it has a turn.
    private final class Worker: TurnTaker {
        private let work: () -> Void
        init(_ work: @escaping () -> Void) { self.work = work }
        func turn() { work() }
    }

    @Test("a turn is a slice for those of one user who wait, as many as begin in it")
    func turn() {
        let (bob, eve) = (turns.join(UserShare(uid: 2)), turns.join(UserShare(uid: 3)))
        var done: [String] = []
        func wait(_ name: String, of user: LoopTurns.User) {
            let worker = Worker {
                turns.begin(user)
                time.advance(nanoseconds: Self.slice / 2)
                done.append(name + (isOver() ? " is over" : ""))
                turns.finish(user)
            }
            turns.wait(worker, of: user)
        }
        for name in ["a1", "a2", "a3"] { wait(name, of: ada) }
        wait("b1", of: bob)
        #expect(turns.endRound())
        #expect(done == ["a1", "a2 is over"])
        turns.begin(eve)
        #expect(!isOver(), "it is no longer a turn")
        turns.finish(eve)
        #expect(turns.endRound())
        #expect(!turns.endRound(), "nobody waits any more")
        #expect(done == ["a1", "a2 is over", "b1", "a3"])
        turns.begin(ada)
        time.advance(nanoseconds: Self.slice / 2 - 1)
        #expect(!isOver())
        time.advance(nanoseconds: 1)
        #expect(isOver(), "his turn counts for this round, once")
    }
}
