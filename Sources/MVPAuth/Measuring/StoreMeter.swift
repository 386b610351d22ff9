/// What is asked of a store, by the doors that services go through.
package enum StoreOperation: String, Sendable, CaseIterable {
    case read, write, user, subject, begin, rotate, logout, rejection, revocations, purge, ping
}

/// How long a store takes for what it is asked: from the call to the answer, with the time that an operation waits for its
/// turn and for its commit.
package final class StoreMeter: Sendable {
    private let histograms = StoreOperation.allCases.map { _ in Histogram(StoreMeter.bounds) }
    private let places = Dictionary(uniqueKeysWithValues: zip(StoreOperation.allCases, 0...))

    /// Nanoseconds: 0.1 ms to 5 s.
    private static let bounds = [
        100_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 100_000_000, 500_000_000,
        1_000_000_000, 5_000_000_000,
    ]

    func note(_ operation: StoreOperation, nanoseconds: UInt64) {
        guard let place = places[operation] else { return }
        histograms[place].note(Int(clamping: nanoseconds))
    }

    package var distributions: [(operation: StoreOperation, Distribution)] {
        zip(StoreOperation.allCases, histograms).map { ($0, $1.distribution) }
    }
}

/// A store whose writes wait together and are committed together.
package protocol BatchingAuthStore: AuthStore {
    /// How many operations were in a commit.
    var batches: Histogram { get }
}

extension Histogram {
    /// Of the sizes of batches.
    package static func ofBatches() -> Histogram { Histogram([1, 2, 4, 8, 16, 32, 64, 128, 256]) }
}
