package import MVPAuth
internal import Synchronization

/// Takes every message out of the outbox when it is asked, and keeps it.
package final class Mails: Sendable {
    private let system: AuthSystem
    private let taken = Mutex<[EmailEvent]>([])

    package init(_ system: AuthSystem) {
        self.system = system
    }

    package var all: [EmailEvent] {
        get async throws {
            let lease = EmailLease(
                owner: "test", kinds: Set(EmailMessage.Kind.allCases), app: nil, count: 100, milliseconds: 60_000)
            let new = try await system.emails.take(lease).events
            for event in new { try await system.emails.settle(event.delivery, .success) }
            taken.withLock { $0 += new }
            return taken.withLock { $0 }
        }
    }

    /// The token of the latest message of a kind; an empty one when there is none.
    package func token(_ kind: EmailMessage.Kind) async throws -> Secret {
        try await all.last { $0.kind == kind }?.token ?? Secret("")
    }
}
