internal import MVPAuth

/// Where an operation stands in a batch. Batches of all daemons lock rows in this one order, so that none waits for
/// another in a circle: new addresses first, then users, and of each user the account before its sessions.
struct LockOrder: Comparable, Sendable {
    private let rank: UInt64
    private let owner: (UInt64, UInt64)
    private let session: (UInt64, UInt64)

    /// A new address. Every daemon has to hash it alike: FNV-1a.
    static func address(_ email: String) -> Self {
        let hash = email.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return LockOrder(rank: 0, owner: (hash, 0), session: (0, 0))
    }

    static func user(_ id: UserID) -> Self {
        LockOrder(rank: 1, owner: (id.high, id.low), session: (0, 0))
    }

    static func session(_ id: SessionID, of user: UserID) -> Self {
        LockOrder(rank: 1, owner: (user.high, user.low), session: (id.high, id.low))
    }

    /// Reads and clean-ups lock nothing that others wait for.
    static let none = LockOrder(rank: 2, owner: (0, 0), session: (0, 0))

    /// Which of so many queues: whatever locks the same rows goes the same way.
    func queue(of count: Int) -> Int {
        Int(truncatingIfNeeded: (owner.0 ^ owner.1) % UInt64(count))
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.rank, left.owner.0, left.owner.1, left.session.0, left.session.1)
            < (right.rank, right.owner.0, right.owner.1, right.session.0, right.session.1)
    }

    static func == (left: Self, right: Self) -> Bool { !(left < right) && !(right < left) }
}
