internal import HeapModule

/// Something that an event loop is to do later. Used on that loop only.
final class LoopTimer {
    fileprivate var body: (() -> Void)?

    fileprivate init(_ body: @escaping () -> Void) {
        self.body = body
    }
}

/// The timers of an event loop. It knows no clock.
struct LoopTimers {
    private struct Entry: Comparable {
        /// Nanoseconds of the monotonic clock.
        let due: UInt64
        /// Those that are due together go off in the order in which they were set.
        let number: UInt64
        let timer: LoopTimer

        static func < (left: Self, right: Self) -> Bool { (left.due, left.number) < (right.due, right.number) }
        static func == (left: Self, right: Self) -> Bool { left.number == right.number }
    }

    private var entries = Heap<Entry>()
    private var set: UInt64 = 0
    private var cancelled = 0

    /// Entries of timers that were cancelled are thrown out when they are more than this and than half of all.
    private static let mostCancelled = 64

    init() {}

    /// How many entries there are, those of cancelled timers included.
    var count: Int { entries.count }

    /// When the next of them goes off; it may have been cancelled.
    var next: UInt64? { entries.min?.due }

    mutating func add(at due: UInt64, _ body: @escaping () -> Void) -> LoopTimer {
        let timer = LoopTimer(body)
        set += 1
        entries.insert(Entry(due: due, number: set, timer: timer))
        return timer
    }

    /// Does nothing to one that has gone off.
    mutating func cancel(_ timer: LoopTimer) {
        guard timer.body != nil else { return }
        timer.body = nil
        cancelled += 1
        guard cancelled > Self.mostCancelled, cancelled > entries.count / 2 else { return }
        entries = Heap(entries.unordered.filter { $0.timer.body != nil })
        cancelled = 0
    }

    /// What the next timer that is due does. Nil: none is.
    mutating func popDue(at now: UInt64) -> (() -> Void)? {
        while let first = entries.min, first.due <= now {
            entries.removeMin()
            guard let body = first.timer.body else {
                cancelled -= 1
                continue
            }
            first.timer.body = nil
            return body
        }
        return nil
    }
}
