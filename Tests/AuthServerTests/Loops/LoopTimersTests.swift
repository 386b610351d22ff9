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

    @Test("however many are due at one time, they go off in the order of setting")
    func together() {
        var said: [Int] = []
        var timers = LoopTimers()
        for number in 0..<100 { _ = timers.add(at: 7) { said.append(number) } }
        while let body = timers.popDue(at: 7) { body() }
        #expect(said == Array(0..<100))
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

    @Test("one that has gone off keeps nothing of what it was to do")
    func release() {
        final class Thing {}
        var timers = LoopTimers()
        weak var thing: Thing?
        let timer = {
            let new = Thing()
            thing = new
            return timers.add(at: 1) { _ = new }
        }()
        #expect(thing != nil)
        timers.popDue(at: 1)?()
        #expect(thing == nil)
        timers.cancel(timer)
    }

    /// Sets so many timers and cancels them.
    private func cancel(_ count: Int, in timers: inout LoopTimers) {
        for _ in 0..<count { timers.cancel(timers.add(at: 10) {}) }
    }

    @Test("64 that were cancelled may stay, one more goes with all of them")
    func few() {
        var timers = LoopTimers()
        cancel(64, in: &timers)
        #expect(timers.count == 64)
        cancel(1, in: &timers)
        #expect(timers.count == 0)
        cancel(1, in: &timers)
        #expect(timers.count == 1, "they are counted anew")
        #expect(timers.popDue(at: 10) == nil && timers.count == 0)
        cancel(64, in: &timers)
        #expect(timers.count == 64, "those whose time has come are not counted")
        #expect(timers.popDue(at: 10) == nil && timers.count == 0)
        let timer = timers.add(at: 10) {}
        for _ in 0..<100 { timers.cancel(timer) }
        #expect(timers.count == 1, "one that is cancelled again and again is one")
    }

    @Test("as many that were cancelled as others may stay, one more goes with all of them")
    func half() {
        var timers = LoopTimers()
        let kept = (0..<100).map { _ in timers.add(at: 10) {} }
        cancel(100, in: &timers)
        #expect(timers.count == 200)
        cancel(1, in: &timers)
        #expect(timers.count == kept.count)
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
