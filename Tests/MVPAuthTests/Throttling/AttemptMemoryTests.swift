import Synchronization
import Testing

@testable import MVPAuth

@Suite("What a process remembers of attempts")
struct AttemptMemoryTests {
    @Test("the last four wrong passwords of an account, and not the fifth")
    func recent() {
        var recent = RecentFailures(capacity: 4)
        for digest in 1...4 as ClosedRange<UInt32> {
            recent.insert(digest, of: 9)
            #expect(digest == 4 || !recent.contains(0, of: 9), "an empty place is no password")
        }
        for digest in 1...4 as ClosedRange<UInt32> { #expect(recent.contains(digest, of: 9)) }
        recent.insert(4, of: 9)
        #expect(recent.contains(1, of: 9), "a repetition pushes nothing out")
        recent.insert(5, of: 9)
        #expect(!recent.contains(1, of: 9) && recent.contains(2, of: 9))
        #expect(!recent.contains(0, of: 9) && !recent.contains(5, of: 13), "an empty place is no password")
        recent.insert(6, of: 13)
        #expect(!recent.contains(5, of: 9) && recent.contains(6, of: 13), "accounts share places")
    }

    @Test("an attack is told of at 101 failures, if they are more than ten to one, once in five minutes")
    func meter() {
        var meter = AttackMeter()
        let start: UInt64 = 1_000_000_000_000
        func notes(_ count: Int, isFailure: Bool, at now: UInt64) -> Int {
            (0..<count).count { _ in meter.note(isFailure: isFailure, at: now) }
        }
        #expect(notes(100, isFailure: true, at: start) == 0)
        #expect(notes(1, isFailure: true, at: start) == 1)
        #expect(notes(1000, isFailure: true, at: start) == 0)
        let next = start + 300_000_000_000
        #expect(notes(11, isFailure: false, at: next) == 0)
        #expect(notes(110, isFailure: true, at: next) == 0)
        #expect(notes(1, isFailure: true, at: next) == 1)
        meter = AttackMeter()
        #expect(notes(101, isFailure: true, at: 1) == 1, "a host that has just started")
    }

    @Test("three at one account are under way at once; the others come when these have gone")
    func gate() async {
        let gate = AttemptGate()
        let visitors = Visitors()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<500 {
                group.addTask {
                    await gate.enter("a", places: 3)
                    visitors.come()
                    await Task.yield()
                    visitors.go()
                    gate.leave("a")
                }
            }
        }
        #expect(visitors.most <= 3 && visitors.gone == 500)
        #expect(gate.count == 0, "nothing is kept of an account that nobody is at")
    }

    @Test("whoever goes leaves the others their places")
    func places() async {
        let gate = AttemptGate()
        for _ in 0..<2 { await gate.enter("a", places: 2) }
        gate.leave("a")
        #expect(gate.count == 1)
        for _ in 0..<2 { gate.leave("a") }
        #expect(gate.count == 0)
    }
}

/// Counts who is under way.
private final class Visitors: Sendable {
    private let state = Mutex((now: 0, most: 0, gone: 0))

    func come() {
        state.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
    }

    func go() {
        state.withLock {
            $0.now -= 1
            $0.gone += 1
        }
    }

    var most: Int { state.withLock { $0.most } }
    var gone: Int { state.withLock { $0.gone } }
}
