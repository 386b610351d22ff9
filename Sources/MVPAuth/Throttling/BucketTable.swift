internal import Glibc

/// Budgets of many, in memory that never grows: what does not fit forgets whoever has used least of theirs.
///
/// Each is one number by the generic cell rate algorithm (ITU-T I.371): the time at which it is full again. A key has its
/// place in one set of eight.
struct BucketTable: ~Copyable {
    /// 128 bits, so that nobody shares a budget by chance.
    struct Key: Hashable {
        let high: UInt64
        let low: UInt64
    }

    /// How often something may be done.
    struct Rate: Equatable {
        /// Nanoseconds that one time uses up.
        let cost: UInt64
        /// How many may come at once.
        let burst: UInt64

        init(burst: Int64, milliseconds: Int64) {
            self.burst = UInt64(max(1, burst))
            cost = UInt64(max(1, milliseconds)) * 1_000_000
        }

        fileprivate var tolerance: UInt64 { cost * burst }
    }

    /// 24 bytes. All zero: nobody's.
    private struct Entry {
        var key: Key
        var full: UInt64
    }

    private let entries: UnsafeMutablePointer<Entry>
    private let sets: Int
    private static let ways = 8
    private static let standardSets = 8192
    static var standardPlaces: Int { standardSets * ways }

    /// - Parameter sets: a power of two. Memory that nobody has used is not taken from the host.
    init(sets: Int = BucketTable.standardSets) {
        precondition(sets > 0 && sets & (sets - 1) == 0)
        self.sets = sets
        // SAFETY: calloc gives zeros for so many entries, aligned for anything; Entry is plain integers, for which zero is
        // a value. Freed once, by deinit.
        guard let memory = calloc(sets * Self.ways, MemoryLayout<Entry>.stride) else { fatalError("out of memory") }
        entries = memory.bindMemory(to: Entry.self, capacity: sets * Self.ways)
    }

    deinit { free(entries) }

    /// Takes one out of a budget. When it is used up: in how many milliseconds there will be one.
    mutating func take(_ key: Key, _ rate: Rate, at now: UInt64) -> Int64? {
        if let wait = wait(for: key, rate, at: now) { return wait }
        charge(key, rate, times: 1, at: now)
        return nil
    }

    /// How many milliseconds one has to wait. Nil: not at all.
    func wait(for key: Key, _ rate: Rate, at now: UInt64) -> Int64? {
        let next = max(place(of: key).map { entries[$0].full } ?? 0, now) &+ rate.cost
        guard next > now &+ rate.tolerance else { return nil }
        return Int64(clamping: (next - now - rate.tolerance + 999_999) / 1_000_000)
    }

    /// Takes so many, whether or not they are there: at most as much again is owed.
    mutating func charge(_ key: Key, _ rate: Rate, times: UInt64, at now: UInt64) {
        let known = place(of: key)
        // Whoever is new owes nothing of what the one before did.
        let full = max(known.map { entries[$0].full } ?? 0, now) &+ rate.cost &* times
        entries[known ?? newPlace(for: key)] = Entry(key: key, full: min(full, now &+ rate.tolerance &* 2))
    }

    private func places(of key: Key) -> Range<Int> {
        let start = Int(truncatingIfNeeded: (key.high ^ key.low) & UInt64(sets - 1)) * Self.ways
        return start..<start + Self.ways
    }

    private func place(of key: Key) -> Int? { places(of: key).first { entries[$0].key == key } }

    private func newPlace(for key: Key) -> Int {
        let places = places(of: key)
        return places.min { entries[$0].full < entries[$1].full } ?? places.lowerBound
    }
}
