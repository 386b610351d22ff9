internal import Synchronization

/// A row of counts that many threads add to at once, without waiting for one another.
final class AtomicCounters: @unchecked Sendable {
    // SAFETY: the counts are atomic, and live as long as this.
    private let counts: UnsafeMutablePointer<Atomic<Int>>
    private let length: Int

    init(_ length: Int) {
        self.length = length
        counts = .allocate(capacity: length)
        for index in 0..<length { (counts + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize(count: length)
        counts.deallocate()
    }

    func count(_ index: Int) {
        counts[index].wrappingAdd(1, ordering: .relaxed)
    }

    var values: [Int] {
        (0..<length).map { counts[$0].load(ordering: .relaxed) }
    }
}
