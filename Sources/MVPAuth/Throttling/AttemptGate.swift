internal import Synchronization

/// Lets so many attempts at one account be under way at once in this process; the others wait for them.
///
/// While an account has hardly a failure, attempts are counted once they have failed. So that any number of guesses at the
/// same time is not any number of guesses, only a few are under way.
final class AttemptGate: Sendable {
    private struct Account {
        var count = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let accounts = Mutex<[String: Account]>([:])

    /// Waits until there is a place. Whoever has one gives it back by `leave`.
    ///
    /// - Parameter places: how many there are.
    func enter(_ account: String, places: Int) async {
        await withCheckedContinuation { continuation in
            let isFree = accounts.withLock { accounts in
                if accounts[account, default: Account()].count < places {
                    accounts[account, default: Account()].count += 1
                    return true
                }
                accounts[account]?.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// Gives the place to whoever has waited longest.
    func leave(_ account: String) {
        let next: CheckedContinuation<Void, Never>? = accounts.withLock { accounts in
            if accounts[account]?.waiting.isEmpty == false { return accounts[account]?.waiting.removeFirst() }
            accounts[account]?.count -= 1
            if accounts[account]?.count == 0 { accounts[account] = nil }
            return nil
        }
        next?.resume()
    }

    /// Accounts with attempts under way.
    var count: Int { accounts.withLock { $0.count } }
}
