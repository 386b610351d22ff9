import Testing

@testable import RESTShim

/// Calls that hash, on a clock that is moved by hand.
@Suite("How many calls that hash may wait")
struct AnswerPaceTests {
    private let start = ContinuousClock.now

    private func filled(_ pace: inout AnswerPace, at now: ContinuousClock.Instant) -> Int {
        while pace.enter(at: now) {}
        return pace.waiting
    }

    @Test(
        "Before the first answer few are taken, and no more than the setting", arguments: [(128, 32), (32, 32), (2, 2)])
    func unmeasured(most: Int, taken: Int) {
        var pace = AnswerPace(most: most, time: .seconds(15))
        #expect(filled(&pace, at: start) == taken)
        #expect(filled(&pace, at: start + .seconds(3600)) == taken)
    }

    @Test(
        "Then as many as are answered in three quarters of their time, at least one and at most the setting",
        arguments: [
            (80, 128), (87, 128), (88, 127), (100, 112), (124, 90), (300, 37), (11_250, 1), (11_251, 1), (90_000, 1),
            (0, 128),
        ])
    func measured(millisecondsEach: Int, taken: Int) {
        var pace = AnswerPace(most: 128, time: .seconds(15))
        var now = start
        for _ in 0..<8 { _ = pace.enter(at: now) }
        #expect(pace.waiting == 8)
        for _ in 0..<8 {
            now += .milliseconds(millisecondsEach)
            pace.leave(hashed: true, at: now)
        }
        #expect(filled(&pace, at: now) == taken)
    }

    @Test(
        "Whoever is taken is answered in time, for any number of threads", arguments: [1, 2, 3, 4, 8], [90, 270, 1100])
    func storm(threads: Int, millisecondsOfHash: Int) {
        let time = Duration.seconds(15)
        var pace = AnswerPace(most: 128, time: time)
        var now = start
        var arrivals: [ContinuousClock.Instant] = []
        var (refused, answered) = (0, 0)
        // Slower than what is taken before anything was measured.
        let isSlow = AnswerPace.unmeasured / threads * millisecondsOfHash > 15_000
        // 200 more at once, again and again, and all threads begin and end together.
        for round in 0..<200 {
            if round % 5 == 0 {
                for _ in 0..<200 {
                    if pace.enter(at: now) { arrivals.append(now) } else { refused += 1 }
                }
            }
            now += .milliseconds(millisecondsOfHash)
            for arrival in arrivals.prefix(threads) {
                #expect(now - arrival <= time || arrival == start && isSlow)
                pace.leave(hashed: true, at: now)
                answered += 1
            }
            arrivals.removeFirst(min(threads, arrivals.count))
        }
        #expect(refused > 0 && answered > 150)
    }

    @Test("The pace is that of the latest answers")
    func change() {
        var pace = AnswerPace(most: 128, time: .seconds(15))
        var now = start
        func answer(_ count: Int, every gap: Duration) {
            for _ in 0..<count {
                now += gap
                pace.leave(hashed: true, at: now)
                _ = pace.enter(at: now)
            }
        }
        for _ in 0..<16 { _ = pace.enter(at: now) }
        answer(AnswerPace.remembered, every: .milliseconds(100))
        #expect(pace.limit == 112)
        answer(AnswerPace.remembered / 2, every: .milliseconds(1000))
        #expect(pace.limit == 20)
        answer(AnswerPace.remembered / 2, every: .milliseconds(1000))
        #expect(pace.limit == 11)
        answer(AnswerPace.remembered, every: .milliseconds(100))
        #expect(pace.limit == 112)
    }

    @Test("Neither idle time nor what needed no hash counts")
    func others() {
        var pace = AnswerPace(most: 128, time: .seconds(15))
        var now = start
        for _ in 0..<40 {
            now += .seconds(60)
            for _ in 0..<2 { _ = pace.enter(at: now) }
            #expect(pace.waiting == 2)
            now += .milliseconds(1)
            pace.leave(hashed: false, at: now)
            now += .milliseconds(249)
            pace.leave(hashed: true, at: now)
        }
        #expect(pace.limit == 45)
    }
}
