import AuthTesting
import Testing

@testable import AuthServer

@Suite("A clock that rows may go by")
struct SteadyClockTests {
    private let time = ManualTime()

    private func clock() -> SteadyClock { SteadyClock(wall: time.now(), uptime: time.uptime()) }

    private func isSteady(_ clock: inout SteadyClock) -> Bool {
        clock.isSteady(wall: time.now(), uptime: time.uptime())
    }

    @Test("is one that has gone right for an hour, to the millisecond")
    func hour() {
        var clock = clock()
        #expect(!isSteady(&clock))
        time.advance(milliseconds: 3_599_999)
        #expect(!isSteady(&clock))
        time.advance(milliseconds: 1)
        #expect(isSteady(&clock))
        time.advance(milliseconds: 1_000_000_000)
        #expect(isSteady(&clock))
    }

    @Test(
        "begins its hour anew after a step of more than a minute",
        arguments: [61, -61, 365 * 86_400, -400 * 86_400, .max / 4_000_000, .min / 4_000_000] as [Int64])
    func step(seconds: Int64) {
        var clock = clock()
        time.advance(milliseconds: 3_600_000)
        #expect(isSteady(&clock))
        time.setAhead(seconds)
        #expect(!isSteady(&clock))
        time.advance(milliseconds: 3_599_999)
        #expect(!isSteady(&clock))
        time.advance(milliseconds: 1)
        #expect(isSteady(&clock))
    }

    @Test("may be brought right by up to a minute", arguments: [60, -60, 1] as [Int64])
    func tolerance(seconds: Int64) {
        var clock = clock()
        time.advance(milliseconds: 1_800_000)
        time.setAhead(seconds)
        #expect(!isSteady(&clock))
        time.advance(milliseconds: 1_800_000)
        #expect(isSteady(&clock))
    }

    @Test("is not one that creeps away by less than a minute at a time")
    func creep() {
        var clock = clock()
        for _ in 0..<100 {
            time.advance(milliseconds: 300_000)
            time.setAhead(40)
            #expect(!isSteady(&clock))
        }
    }
}
