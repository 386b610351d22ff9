@testable import MVPAuth
import Testing

@Suite("How often an address is written to, and when answers leave")
struct EmailPaceTests {
    private static let now = Timestamp(seconds: 1_000_000)

    private func allows(_ secondsAgo: [Int64]) -> Bool {
        EmailPace.allows(another: Self.now, after: secondsAgo.map { Self.now - $0 })
    }

    @Test("One a minute, to the second")
    func minute() {
        #expect(allows([]))
        #expect(!allows([0]) && !allows([59]))
        #expect(allows([60]))
    }

    @Test("Five an hour, to the second")
    func hour() {
        #expect(allows([60, 120, 180, 3599]))
        #expect(!allows([60, 120, 180, 240, 3599]))
        #expect(allows([60, 120, 180, 240, 3600]))
    }

    @Test("Twenty a day, to the second")
    func day() {
        let earlier = (1...19).map { Int64(3600 * $0) }
        #expect(allows(earlier))
        #expect(!allows(earlier + [86_399]))
        #expect(allows(earlier + [86_400]))
    }

    @Test("The pause before another attempt doubles, up to a quarter of an hour")
    func attempts() {
        let seconds = [0, 1, 2, 7, 8, 12, .max].map { EmailPace.longestPause(after: $0) / 1000 }
        #expect(seconds == [5, 10, 20, 640, 900, 900, 900])
        let pauses = (1..<EmailPace.attempts).map { EmailPace.longestPause(after: $0) / 1000 }
        #expect(pauses.reduce(0, +) == 81 * 60 + 10, "then it is given up")
    }

    @Test("A subscriber takes one message at least")
    func lease() {
        for (count, taken) in [(-1, 1), (0, 1), (1, 1), (2, 2)] {
            let lease = EmailLease(owner: "a", kinds: [.verification], app: nil, count: count, milliseconds: 1000)
            #expect(lease.count == taken)
        }
    }

    @Test("Answers leave on a grid of 25 ms, whatever they took")
    func grid() {
        let step: UInt64 = 25_000_000
        for elapsed in [0, 1, step - 1, step, step + 1, 7 * step - 1] {
            let pause = AnswerGrid.pause(after: elapsed)
            #expect((elapsed + pause) % step == 0 && (1...step).contains(pause))
        }
    }
}
