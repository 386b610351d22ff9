internal import Synchronization

/// Attempts that failed or were turned away, until they are written: away from the calls, so that an address without an
/// account costs what any other does, and turning somebody away writes nothing.
///
/// Of each account and network it keeps the first few in an hour one by one, and of the others how many they were. Of a
/// flood of accounts, too, there is no flood of rows.
final class AttemptJournal: Sendable {

    private let state = Mutex(State())
    private let entropy: any Entropy
    /// One writes at a time: a count that has grown is not overwritten by what it was.
    private let turn = AttemptGate()

    /// How many accounts and networks have rows of their own in an hour.
    static let mostPairs = 1000
    /// How many rows wait at most for a store that is away.
    static let mostWaiting = 10_000
    private static let batch = 100

    init(entropy: any Entropy) {
        self.entropy = entropy
    }

    /// Notes what became of an attempt.
    func note(_ report: LoginReport, at now: Timestamp) {
        func note(_ kind: AuthEvent.Kind, singly: Int, _ detail: String? = nil) {
            self.note(
                kind, account: report.account, user: report.user, detail: detail, singly: singly, by: report.origin,
                at: now)
        }
        switch report.event {
        case .failed: note(.loginFailed, singly: Self.singleFailures)
        case .unverified: note(.loginFailed, singly: Self.singleFailures, "reason=unverified")
        case .wrongCurrent: note(.passwordChanged, singly: Self.singleFailures)
        // Who refreshes too often guesses nothing.
        case .throttled(.refresh): break
        case .throttled(let layer): note(.loginThrottled, singly: 1, "layer=\(layer.rawValue)")
        case .attack:
            let event = AuthEvent(id: .random(from: entropy), at: now, .loginAttack, .failure, by: report.origin)
            state.withLock { $0.add(event) }
        }
    }

    /// How many failures of an account and a network have a row each in an hour.
    static let singleFailures = 10

    /// - Parameters:
    ///   - account: the key of the account.
    ///   - singly: how many in an hour have a row each.
    private func note(
        _ kind: AuthEvent.Kind, account: String?, user: UserID?, detail: String?, singly: Int,
        by origin: RequestOrigin, at now: Timestamp
    ) {
        let event = AuthEvent(
            id: .random(from: entropy), at: now, kind, .failure, of: user, by: origin,
            detail: AuthEvent.detail(account.map { "account=\($0)" }, detail))
        state.withLock { state in
            let hour = now.seconds / 3600
            if hour != state.hour { state.begin(hour) }
            var pair = Pair(kind: kind, account: account, source: origin.source)
            if state.counts[pair] == nil, state.counts.count >= Self.mostPairs {
                pair = Pair(kind: kind, account: nil, source: nil)
            }
            let count = state.counts[pair, default: 0] + 1
            state.counts[pair] = count
            let isOwn = pair.account != nil || account == nil
            if isOwn, count <= singly {
                state.add(event)
            } else {
                let isKnown = state.sums[pair] != nil
                state.sums[pair, default: Sum(event: event, count: 0, isWritten: false)].count += 1
                state.sums[pair]?.isWritten = false
                // It stands for several calls, and for several accounts where there are too many.
                if !isKnown { state.sums[pair]?.event.requestID = nil }
                if !isOwn { state.sums[pair]?.event.standForOthers() }
            }
        }
    }

    /// Writes what is not written yet. What cannot be written now is kept for the next time.
    func write(to store: ObservedStore) async throws(AuthError) {
        await turn.enter("", places: 1)
        defer { turn.leave("") }
        var rest = state.withLock { $0.take() }[...]
        guard store.keepsEvents else { return }
        while !rest.isEmpty {
            let next = Array(rest.prefix(Self.batch))
            do throws(AuthError) {
                try await store.write { try $0.write(attempts: next) }
            } catch {
                let left = Array(rest)
                state.withLock { $0.waiting = left + $0.waiting }
                throw error
            }
            rest = rest.dropFirst(Self.batch)
        }
    }
}

extension AuthEvent {
    /// Says nothing any more of one account or network.
    fileprivate mutating func standForOthers() {
        userID = nil
        source = nil
        detail = "accounts=others"
    }
}
