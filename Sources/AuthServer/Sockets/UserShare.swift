internal import Synchronization

/// What the connections of one user of the host hold together, so that no user takes the memory of another by having
/// many of them.
final class UserShare: Sendable {
    let uid: UInt32
    private let owed = Atomic(0)
    private let begun = Atomic(0)
    private let hashed = Atomic(0)
    private let kept = Atomic(0)

    init(uid: UInt32) {
        self.uid = uid
    }

    /// Answers that the user's connections have not taken, in bytes. Small amounts are not counted.
    var backlogBytes: Int { owed.load(ordering: .relaxed) }

    /// Calls that wait for their answer, but for those that hash.
    var callsInFlight: Int { begun.load(ordering: .relaxed) }

    /// Calls that wait for a password to be hashed.
    var hashingInFlight: Int { hashed.load(ordering: .relaxed) }

    /// Answers that batches hold while they wait for a password to be hashed, in bytes.
    var heldBytes: Int { kept.load(ordering: .relaxed) }

    func owe(_ change: Int) {
        owed.wrappingAdd(change, ordering: .relaxed)
    }

    func count(calls change: Int) {
        begun.wrappingAdd(change, ordering: .relaxed)
    }

    func count(hashing change: Int, holding bytes: Int = 0) {
        hashed.wrappingAdd(change, ordering: .relaxed)
        kept.wrappingAdd(bytes, ordering: .relaxed)
    }
}
