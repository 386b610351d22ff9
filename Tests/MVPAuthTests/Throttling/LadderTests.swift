import Testing

@testable import MVPAuth

@Suite("The ladder of delays")
struct LadderTests {
    private let ladder = ThrottlePolicy().strangers
    private let identity = Throttle.Identity(key: "0123456789abcdef", kind: .account, belongsToUser: true)
    private let start = Timestamp(seconds: 1_772_366_400)

    private func rows(_ count: Int, at now: Timestamp) -> Throttle? {
        (0..<count).reduce(nil as Throttle?) { row, _ in ladder.counting(row, identity, at: now) }
    }

    @Test(
        "four failures are free, then each doubles the time, up to 15 minutes",
        arguments: [(1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (14, 512), (15, 900), (16, 900), (79, 900)])
    func delays(_ failures: Int, _ seconds: Int64) throws {
        let row = try #require(rows(failures, at: start))
        #expect(row.failures == failures && row.until == start + seconds)
        guard seconds > 0 else { return #expect(ladder.standing(of: row, at: start) == .open) }
        #expect(ladder.standing(of: row, at: start) == .waiting(until: start + seconds))
        #expect(ladder.standing(of: row, at: start + (seconds - 1)) == .waiting(until: start + seconds))
        #expect(ladder.standing(of: row, at: start + seconds) == .open)
    }

    @Test("at 80 it ends, and not at 79; the row of an account is then kept, that of nobody is not")
    func ends() throws {
        let last = try #require(rows(79, at: start))
        #expect(ladder.standing(of: last, at: start + 900) == .open && last.kind == .account)
        let closed = ladder.counting(last, identity, at: start + 900)
        #expect(ladder.standing(of: closed, at: start + 1_000_000) == .ended && closed.kind == .kept)
        let nobody = Throttle.Identity(key: identity.key, kind: .account, belongsToUser: false)
        #expect(ladder.counting(last, nobody, at: start).kind == .account)
    }

    @Test("a stranger who never waits longer than he must needs more than 16 hours for his 80")
    func duration() {
        var (now, row) = (start, nil as Throttle?)
        while ladder.standing(of: row, at: now) != .ended {
            if case .waiting(let until) = ladder.standing(of: row, at: now) { now = until }
            row = ladder.counting(row, identity, at: now)
        }
        // The delay after the 80th is nobody's any more.
        #expect(now == start + (1023 + 65 * 900))
    }

    @Test("the level falls by one in a whole hour without a failure, and by nothing before")
    func fall() throws {
        let row = try #require(rows(10, at: start))
        #expect(row.level == 10)
        #expect(ladder.level(of: row, at: start + 3599) == 10)
        #expect(ladder.level(of: row, at: start + 3600) == 9)
        #expect(ladder.level(of: row, at: start + 36_000_000) == 0)
        #expect(ladder.level(of: row, at: start - 36_000) == 10, "a clock that is set back lowers nothing")
    }

    @Test("a success of the owner starts the count again, but not the delay")
    func success() throws {
        var row = try #require(rows(20, at: start))
        row.failures = 0
        let next = ladder.counting(row, identity, at: start + 900)
        #expect(next.failures == 1 && next.until == start + 1800)
    }

    @Test("what was written under a clock far ahead keeps nobody out")
    func wrongClock() throws {
        let row = try #require(rows(5, at: start + 86_400 * 365))
        #expect(ladder.standing(of: row, at: start) == .open)
    }

    @Test("values out of a database that nobody could have written do not trap")
    func extremes() {
        let worst = Throttle(
            key: "", kind: .account, failures: .max, level: .max, until: Timestamp(microseconds: .max),
            updatedAt: Timestamp(microseconds: .min))
        #expect(ladder.standing(of: worst, at: start) == .ended)
        #expect(ladder.counting(worst, identity, at: start).failures == .max)
        let none = Throttle(
            key: "", kind: .account, failures: .min, level: .min, until: Timestamp(microseconds: .min),
            updatedAt: Timestamp(microseconds: .max))
        #expect(ladder.counting(none, identity, at: start).level == 1)
    }

    @Test("it rises no higher than its longest delay needs")
    func highest() {
        for (longest, highest) in [(0, 3), (1, 3), (2, 4), (3, 5), (4, 5)] as [(Int64, Int64)] {
            let ladder = Ladder(free: 2, end: 100, longestDelay: longest)
            let row = (0..<20).reduce(nil as Throttle?) { row, _ in ladder.counting(row, identity, at: start) }
            #expect(row?.level == highest && row?.until == start + longest, "\(longest)")
        }
    }

    @Test("an account is cold with fewer than three failures, or fewer than are free")
    func cold() {
        for (free, cold) in [(0, 0), (2, 2), (3, 3), (4, 3), (10, 3)] as [(Int64, Int64)] {
            var policy = ThrottlePolicy()
            policy.freeFailures = free
            #expect(policy.coldFailures == cold)
        }
    }

    @Test("without free failures the first one costs a second")
    func strict() {
        let ladder = Ladder(free: 0, end: 10, longestDelay: 900)
        #expect(ladder.counting(nil, identity, at: start).until == start + 1)
    }
}
