internal import AuthAPI
internal import MVPAuth

/// Counts calls by method and by what came of them, and how long they took.
///
/// Each event loop counts in a part of its own, so that none waits for another's cache line: that is one addition for each
/// call. What is answered from memory takes less time than it takes to look at the clock a few times, so that only one of
/// so many of these calls is timed, and stands for all of them.
final class CallMeter: Sendable {
    private let parts: [AtomicCounters]

    private static let methods = authAPI.methods.map { $0.spec.name }
    private static let codes = AuthError.Code.allCases
    /// Nanoseconds: 10 µs to 5 s.
    private static let bounds = [
        10_000, 100_000, 1_000_000, 5_000_000, 25_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000,
        5_000_000_000,
    ]

    /// What is counted of a method: that went well, each error, each bucket, and the sum of the times.
    private static let width = 1 + codes.count + bounds.count + 2
    private static let firstBucket = 1 + codes.count
    private static let sum = width - 1
    /// After the methods comes what is a call of none.
    private static let rows = methods.count + 1
    /// The last counter of a part counts the calls that may be timed.
    private static let ticks = rows * width

    /// One of so many answers from memory is timed. A prime, so that no pattern of calls keeps in step with it.
    static let sampling = 61

    init(parts: Int = min(8, Processors.count)) {
        self.parts = (0..<parts).map { _ in AtomicCounters(Self.ticks + 1) }
    }

    private func part(_ counter: Int) -> AtomicCounters { parts[counter % parts.count] }

    /// Whether the next answer is to be timed, should it be known from memory.
    func isSampled(by counter: Int) -> Bool { part(counter).step(Self.ticks) % Self.sampling == 0 }

    /// Counts an answer from memory.
    func countKnown(_ method: Int, by counter: Int) { part(counter).count(method * Self.width) }

    /// Takes the time of an answer from memory for that of all since the last.
    func noteSample(of method: Int, nanoseconds: UInt64, by counter: Int) {
        note(method, nanoseconds: nanoseconds, by: counter, times: Self.sampling)
    }

    /// - Parameters:
    ///   - method: its place in the catalogue; nil: it has none.
    ///   - error: nil: it went well.
    func count(_ method: Int?, _ error: AuthError.Code?, by counter: Int) {
        let row = (method ?? Self.methods.count) * Self.width
        guard let error else { return part(counter).count(row) }
        guard let index = Self.codes.firstIndex(of: error) else { return }
        part(counter).count(row + 1 + index)
    }

    func note(_ method: Int, nanoseconds: UInt64, by counter: Int, times: Int = 1) {
        let (part, row, time) = (part(counter), method * Self.width, Int(clamping: nanoseconds))
        part.count(row + Self.firstBucket + Distribution.place(of: time, in: Self.bounds), times: times)
        part.count(row + Self.sum, times: time.multipliedReportingOverflow(by: times).partialValue)
    }
}

extension CallMeter {
    /// What has been counted, over all event loops.
    struct Reading: Sendable {
        struct Method: Sendable {
            let name: String
            let succeeded: Int
            /// Only those that there were.
            let errors: [(code: AuthError.Code, count: Int)]
            let times: Distribution

            var calls: Int { errors.reduce(succeeded) { $0 + $1.count } }
        }

        /// In the order of the catalogue.
        let methods: [Method]
        /// What was a call of no method, or could not be read as one.
        let unknown: [(code: AuthError.Code, count: Int)]

        /// Every error that there was, whatever was called.
        var errors: [(code: AuthError.Code, count: Int)] {
            var counts: [AuthError.Code: Int] = [:]
            for (code, count) in methods.flatMap(\.errors) + unknown { counts[code, default: 0] += count }
            return AuthError.Code.allCases.compactMap { code in counts[code].map { (code, $0) } }
        }
    }

    var reading: Reading {
        let values = parts.map(\.values)
        let sums = (0..<Self.ticks).map { index in values.reduce(0) { $0 &+ $1[index] } }
        func errors(_ row: Int) -> [(code: AuthError.Code, count: Int)] {
            zip(Self.codes, sums[(row + 1)...]).map { (code: $0, count: $1) }.filter { $0.count > 0 }
        }
        let methods = Self.methods.enumerated().map { index, name in
            let row = index * Self.width
            let buckets = Array(sums[(row + Self.firstBucket)...(row + Self.firstBucket + Self.bounds.count)])
            return Reading.Method(
                name: name, succeeded: sums[row], errors: errors(row),
                times: Distribution(bounds: Self.bounds, counts: buckets, sum: sums[row + Self.sum]))
        }
        return Reading(methods: methods, unknown: errors(Self.methods.count * Self.width))
    }
}
