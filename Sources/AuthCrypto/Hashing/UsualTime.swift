internal import MVPAuth
internal import Synchronization

/// How long a refusal takes here, so that no account is told by a hash that is cheaper than the usual one.
///
/// The dearest of the usual hashes is what an unknown account costs, and what it took lately is remembered. No refusal
/// comes before nine in ten of these; one that computed something else waits for as long as one of them, drawn by lot.
/// It waits by a timer and not by computing. Two that wait are the same, and so are two that do not.
final class UsualTime: Sendable {
    private struct State {
        var decoy: String
        var form: PasswordForm?
        /// Nanoseconds of single computations, the latest of them.
        var recent: [UInt64] = []
        var next = 0
    }

    private static let remembered = 64
    /// Nanoseconds.
    private static let short: UInt64 = 20_000_000

    private let state: Mutex<State>

    init(decoy: String) {
        state = Mutex(State(decoy: decoy, form: PasswordForm(of: decoy)))
    }

    /// The hash that a password is compared with where there is no account.
    var decoy: String { state.withLock { $0.decoy } }

    /// Takes the dearest of these for the usual one. Blocking: computes each of them.
    func calibrate(_ decoys: [String], _ scheme: PasswordScheme) {
        let measured = decoys.map { decoy in
            var least = UInt64.max
            // Once is enough for what is slow; what is fast may have been interrupted.
            for _ in 0..<5 where least == .max || least < Self.short {
                let start = SystemTime().uptime()
                _ = scheme.verify("no password", against: nil, else: decoy)
                least = min(least, SystemTime().uptime() - start)
            }
            return (decoy: decoy, nanoseconds: least)
        }
        guard let dearest = measured.max(by: { $0.nanoseconds < $1.nanoseconds }) else { return }
        state.withLock { state in
            let form = PasswordForm(of: dearest.decoy)
            if state.recent.isEmpty || state.form != form { (state.recent, state.next) = ([dearest.nanoseconds], 0) }
            (state.decoy, state.form) = (dearest.decoy, form)
        }
    }

    /// Remembers what computations took.
    func note(_ verification: PasswordScheme.Verification, took nanoseconds: UInt64) {
        guard verification.computations > 0 else { return }
        state.withLock { state in
            guard verification.form == state.form else { return }
            let single = nanoseconds / UInt64(verification.computations)
            if state.recent.count < Self.remembered {
                state.recent.append(single)
            } else {
                state.recent[state.next] = single
                state.next = (state.next + 1) % Self.remembered
            }
        }
    }

    /// How long it takes from its beginning to refuse what this verification refuses, in nanoseconds.
    func duration(of verification: PasswordScheme.Verification) -> UInt64 {
        let count = verification.computations
        return state.withLock { state in
            guard count > 0, !state.recent.isEmpty else { return 0 }
            let sorted = state.recent.sorted()
            let most = sorted[min(sorted.count - 1, sorted.count * 9 / 10)] * UInt64(count)
            guard verification.form != state.form else { return most }
            let drawn = (0..<count).reduce(UInt64(0)) { sum, _ in sum + (sorted.randomElement() ?? 0) }
            return max(most, drawn)
        }
    }
}
