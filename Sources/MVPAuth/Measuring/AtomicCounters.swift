internal import Synchronization

/// A row of counts that many threads add to at once, without waiting for one another.
package final class AtomicCounters: @unchecked Sendable {
    // SAFETY: the counts are atomic, and live as long as this.
    private let counts: UnsafeMutablePointer<Atomic<Int>>
    private let length: Int

    package init(_ length: Int) {
        self.length = length
        counts = .allocate(capacity: length)
        for index in 0..<length { (counts + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize(count: length)
        counts.deallocate()
    }

    package func count(_ index: Int, times: Int = 1) {
        counts[index].wrappingAdd(times, ordering: .relaxed)
    }

    /// Counts on, cheaper than ``count(_:times:)``, and gives the count. Of several threads that do so at once some may go
    /// unnoticed.
    package func step(_ index: Int) -> Int {
        let next = counts[index].load(ordering: .relaxed) &+ 1
        counts[index].store(next, ordering: .relaxed)
        return next
    }

    package subscript(index: Int) -> Int { counts[index].load(ordering: .relaxed) }

    package var values: [Int] { (0..<length).map { self[$0] } }
}
