/// What an operation works with: the verbs of a store's transaction, and the changes that memory has to hear of once it
/// is committed.
///
/// An operation is a function over this, once, in the room of its capability. Nothing in it waits, hashes or sends.
package final class Transaction {
    private let verbs: any StoreTransaction
    /// How what is done is noted. Nil: it is not.
    package let trail: AuditTrail?
    /// In the order in which they were made.
    package private(set) var changes: [Change] = []
    /// What was noted.
    package private(set) var events: [AuthEvent] = []

    package init(_ verbs: any StoreTransaction, _ trail: AuditTrail? = nil) {
        self.verbs = verbs
        self.trail = trail
    }

    func tell(_ change: Change) {
        changes.append(change)
    }

    func tell(_ event: AuthEvent) {
        events.append(event)
    }
}

extension Transaction: StoreTransaction {
    package func now(_ own: Timestamp) throws -> Timestamp { try verbs.now(own) }

    package func find<R: Record>(_ type: R.Type, _ key: R.Key) throws -> R? { try verbs.find(type, key) }

    package func all<R: Record>(_ query: Query<R>) throws -> [R] { try verbs.all(query) }

    package func count<R: Record>(_ query: Query<R>) throws -> Int { try verbs.count(query) }

    package func insert<R: Record>(_ record: R) throws -> Bool { try verbs.insert(record) }

    package func update<R: Record>(_ records: [R]) throws { try verbs.update(records) }

    @discardableResult
    package func delete<R: Record>(_ query: Query<R>) throws -> Int { try verbs.delete(query) }
}
