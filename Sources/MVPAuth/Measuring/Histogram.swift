/// How values are spread: how many were at most each of a few bounds, and what all of them come to.
package struct Distribution: Sendable, Equatable {
    /// Ascending.
    package let bounds: [Int]
    /// How many lie between a bound and the one before it; the last count is of what lies above all.
    package let counts: [Int]
    package let sum: Int

    package init(bounds: [Int], counts: [Int], sum: Int) {
        precondition(counts.count == bounds.count + 1)
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }

    package var total: Int { counts.reduce(0, +) }

    /// Where a value is counted.
    package static func place(of value: Int, in bounds: [Int]) -> Int {
        var place = 0
        while place < bounds.count, value > bounds[place] { place += 1 }
        return place
    }
}

/// A distribution that many threads add to at once.
package final class Histogram: Sendable {
    private let bounds: [Int]
    /// A count for each bound and one for what lies above them, then the sum.
    private let counters: AtomicCounters

    package init(_ bounds: [Int]) {
        self.bounds = bounds
        counters = AtomicCounters(bounds.count + 2)
    }

    package func note(_ value: Int) {
        counters.count(Distribution.place(of: value, in: bounds))
        counters.count(bounds.count + 1, times: value)
    }

    package var distribution: Distribution {
        var values = counters.values
        let sum = values.removeLast()
        return Distribution(bounds: bounds, counts: values, sum: sum)
    }
}
