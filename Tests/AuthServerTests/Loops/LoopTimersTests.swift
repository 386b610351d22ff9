import Testing

@testable import AuthServer

@Suite("Timers of an event loop")
struct LoopTimersTests {
    @Test("they go off when they are due, in the order of their times, and those of one time in the order of setting")
    func order() {
        var said: [String] = []
        var timers = LoopTimers()
        for (due, name) in [(UInt64(30), "c"), (10, "a"), (20, "b1"), (20, "b2"), (31, "d")] {
            _ = timers.add(at: due) { said.append(name) }
        }
        #expect(timers.next == 10)
        #expect(timers.popDue(at: 9) == nil)
        while let body = timers.popDue(at: 30) { body() }
        #expect(said == ["a", "b1", "b2", "c"])
        #expect(timers.next == 31)
    }

    @Test("a cancelled one does nothing, and to cancel one that has gone off is harmless")
    func cancelling() {
        var said: [String] = []
        var timers = LoopTimers()
        let first = timers.add(at: 1) { said.append("first") }
        let second = timers.add(at: 2) { said.append("second") }
        timers.popDue(at: 1)?()
        timers.cancel(first)
        timers.cancel(second)
        timers.cancel(second)
        #expect(timers.popDue(at: 5) == nil)
        #expect(said == ["first"])
        #expect(timers.count == 0)
    }

    @Test("cancelled ones are not kept until their time: not more of them than of the others, or a few")
    func memory() {
        var timers = LoopTimers()
        for _ in 0..<10_000 { timers.cancel(timers.add(at: 1_000_000) {}) }
        #expect(timers.count <= 65)
        var kept: [LoopTimer] = []
        for _ in 0..<1000 {
            kept.append(timers.add(at: 1_000_000) {})
            timers.cancel(timers.add(at: 1_000_000) {})
        }
        #expect(timers.count <= 2001)
        var fired = 0
        while timers.popDue(at: 1_000_000) != nil { fired += 1 }
        #expect(fired == kept.count)
    }
}
