import Testing

@testable import MVPAuth

@Suite("Budgets of many in a table that does not grow")
struct BucketTableTests {
    private let rate = BucketTable.Rate(burst: 30, milliseconds: 3000)
    private let key = BucketTable.Key(high: 1, low: 2)
    private let second: UInt64 = 1_000_000_000

    @Test("30 at once, not 31; one more after three seconds, and not before")
    func burst() {
        var table = BucketTable()
        let now = 1000 * second
        for _ in 0..<30 { #expect(table.take(key, rate, at: now) == nil) }
        #expect(table.take(key, rate, at: now) == 3000)
        #expect(table.take(key, rate, at: now + 3 * second - 1_000_000) == 1)
        #expect(table.take(key, rate, at: now + 3 * second) == nil)
        #expect(table.take(key, rate, at: now + 3 * second) == 3000)
        #expect(table.take(BucketTable.Key(high: 2, low: 1), rate, at: now) == nil, "another one has its own")
        for _ in 0..<30 { #expect(table.take(key, rate, at: now + 1000 * second) == nil) }
        #expect(table.take(key, rate, at: now + 1000 * second) != nil, "it is never more than full")
    }

    @Test("a failure that costs three leaves ten of them")
    func failures() {
        var table = BucketTable()
        let now = 1000 * second
        var count = 0
        while table.take(key, rate, at: now) == nil {
            table.charge(key, rate, times: 2, at: now)
            count += 1
        }
        #expect(count == 10)
    }

    @Test("what is owed is bounded")
    func debt() {
        var table = BucketTable()
        let now = 1000 * second
        table.charge(key, rate, times: 1_000_000, at: now)
        #expect(table.wait(for: key, rate, at: now) == 93_000)
    }

    @Test("a set of eight forgets whoever has used least, and nobody who is at the limit")
    func eviction() {
        var table = BucketTable(sets: 1)
        let now = 1000 * second
        while table.take(key, rate, at: now) == nil {}
        for number in 0..<1000 as Range<UInt64> {
            _ = table.take(BucketTable.Key(high: number, low: 77), rate, at: now)
        }
        #expect(table.wait(for: key, rate, at: now) != nil)
        #expect(
            table.wait(for: BucketTable.Key(high: 0, low: 77), BucketTable.Rate(burst: 1, milliseconds: 10), at: now)
                == nil)
    }

    @Test("there is one at once at least, and one a millisecond at most")
    func least() {
        for count in [-1, 0, 1] as [Int64] {
            #expect(BucketTable.Rate(burst: count, milliseconds: count) == .init(burst: 1, milliseconds: 1))
        }
        #expect(BucketTable.Rate(burst: 2, milliseconds: 1) != .init(burst: 1, milliseconds: 1))
        #expect(BucketTable.Rate(burst: 1, milliseconds: 2) != .init(burst: 1, milliseconds: 1))
    }

    @Test("keys are spread over all of its sets")
    func spread() {
        var table = BucketTable(sets: 2)
        let once = BucketTable.Rate(burst: 1, milliseconds: 1000)
        let keys = (0..<16 as Range<UInt64>).map { BucketTable.Key(high: 0, low: $0) }
        for key in keys { #expect(table.take(key, once, at: second) == nil) }
        for key in keys { #expect(table.wait(for: key, once, at: second) == 1000) }
    }

    @Test("it has 65 536 places of 24 bytes")
    func size() {
        #expect(MemoryLayout<BucketTable.Key>.size + MemoryLayout<UInt64>.size == 24)
        #expect(BucketTable.standardPlaces == 65_536)
    }
}
