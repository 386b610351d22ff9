package import MVPAuth
internal import Synchronization

/// Keeps every message.
package final class Mails: EmailOutbox {
    private let state = Mutex<[EmailEvent]>([])

    package init() {}

    package var all: [EmailEvent] { state.withLock { $0 } }

    package func submit(_ event: EmailEvent) { state.withLock { $0.append(event) } }

    package func token(_ kind: EmailEvent.Kind) -> Secret { all.last { $0.kind == kind }?.token ?? Secret("") }
}
