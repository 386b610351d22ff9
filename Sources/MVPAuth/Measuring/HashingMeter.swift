/// How long the computing of password hashes takes, without the time that they wait.
package final class HashingMeter: Sendable {
    package enum Algorithm: String, Sendable, CaseIterable {
        case bcrypt, argon2id
        /// Of hashes that other software made.
        case other

        package init(_ form: PasswordForm?) {
            let text = form?.text ?? ""
            self = text.hasPrefix("$2b$") ? .bcrypt : text.hasPrefix("$argon2id$") ? .argon2id : .other
        }
    }

    private let histograms = Algorithm.allCases.map { _ in Histogram(HashingMeter.bounds) }

    /// Nanoseconds: 10 ms to 2.5 s.
    private static let bounds = [
        10_000_000, 25_000_000, 50_000_000, 100_000_000, 200_000_000, 300_000_000, 500_000_000, 1_000_000_000,
        2_500_000_000,
    ]

    init() {}

    package func note(_ algorithm: Algorithm, nanoseconds: UInt64) {
        guard let place = Algorithm.allCases.firstIndex(of: algorithm) else { return }
        histograms[place].note(Int(clamping: nanoseconds))
    }

    package var distributions: [(algorithm: Algorithm, Distribution)] {
        zip(Algorithm.allCases, histograms).map { ($0, $1.distribution) }
    }
}

/// A hasher that says how long it takes, and how many wait for it.
package protocol MeasuredHasher: PasswordHasher {
    /// How many passwords wait to be hashed, by app.
    var waiting: [String: Int] { get }

    /// Tells the meter of every hash from now on.
    func measure(with meter: HashingMeter)
}
