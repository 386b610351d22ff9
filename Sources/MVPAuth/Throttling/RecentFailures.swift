/// The wrong passwords that an account was tried with last: trying one of them again tells nobody anything, so it is not
/// counted. A program that has not heard of a new password does not close the account.
///
/// 32 bits of each, made under a key of this process, in memory that never grows.
struct RecentFailures {
    private struct Entry {
        var account: UInt64
        var digests: (UInt32, UInt32, UInt32, UInt32)
        var count: UInt8
    }

    private var entries: [Int: Entry] = [:]
    private let capacity: Int

    init(capacity: Int = 16_384) {
        self.capacity = capacity
    }

    /// Whether the account was tried with this lately.
    func contains(_ digest: UInt32, of account: UInt64) -> Bool {
        guard let entry = entries[place(of: account)], entry.account == account else { return false }
        let known = [entry.digests.0, entry.digests.1, entry.digests.2, entry.digests.3]
        return known.prefix(Int(entry.count)).contains(digest)
    }

    /// Remembers it as the latest of four.
    mutating func insert(_ digest: UInt32, of account: UInt64) {
        let place = place(of: account)
        guard !contains(digest, of: account) else { return }
        guard let entry = entries[place], entry.account == account else {
            entries[place] = Entry(account: account, digests: (digest, 0, 0, 0), count: 1)
            return
        }
        let old = entry.digests
        entries[place] = Entry(
            account: account, digests: (digest, old.0, old.1, old.2), count: min(4, entry.count + 1))
    }

    /// Accounts share places; who comes last has it.
    private func place(of account: UInt64) -> Int { Int(truncatingIfNeeded: account % UInt64(capacity)) }
}
