/// How many calls that hash a password may wait, so that each is answered within its time: a rule over instants that it
/// is told.
///
/// It goes by how fast the latest were answered while others waited. Before there is any answer it takes few.
struct AnswerPace {
    typealias Instant = ContinuousClock.Instant

    /// As many as one core hashes in time by the usual cost.
    static let unmeasured = 32
    /// The part of a call's time that is planned with; the rest is for what goes slower than before.
    static let planned = 0.75
    /// How many answers the pace is the mean of. Threads that began together are done together.
    static let remembered = 32

    private let most: Int
    private let time: Duration
    private(set) var waiting = 0
    /// The latest answer, or the arrival of the first who waits.
    private var previous: Instant?
    private var gaps: [Duration] = []
    private var oldest = 0

    /// - Parameters:
    ///   - most: how many may wait, however fast they are answered.
    ///   - time: within which each must be answered.
    init(most: Int, time: Duration) {
        self.most = most
        self.time = time
    }

    /// How many may wait now; always one, or the pace would never be known better.
    var limit: Int {
        guard !gaps.isEmpty else { return min(most, Self.unmeasured) }
        let mean = gaps.reduce(.zero, +) / gaps.count
        guard mean > .zero else { return most }
        return max(1, Int(min(Double(most), time * Self.planned / mean)))
    }

    /// A call arrives. False: it would not be answered in time.
    mutating func enter(at now: Instant) -> Bool {
        guard waiting < limit else { return false }
        if waiting == 0 { previous = now }
        waiting += 1
        return true
    }

    /// A call has its answer, or is given up.
    ///
    /// - Parameter hashed: whether a password was hashed for it; what is answered without says nothing of the pace.
    mutating func leave(hashed: Bool, at now: Instant) {
        waiting -= 1
        guard hashed, let previous else { return }
        self.previous = now
        let gap = max(.zero, now - previous)
        if gaps.count < Self.remembered {
            gaps.append(gap)
        } else {
            gaps[oldest] = gap
            oldest = (oldest + 1) % Self.remembered
        }
    }
}
