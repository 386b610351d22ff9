internal import AuthAPI
package import MVPAuth
internal import Synchronization

/// The emails that were handed out last, with links that work: what a developer looks into instead of a real mailbox.
///
/// A daemon in production has none. What is here takes an account over, as a message to its owner does.
package final class DevelopmentMailbox: Sendable {
    private let link: @Sendable (EmailEvent) -> Secret?
    private let time: any TimeSource
    /// The newest last.
    private let emails = Mutex<[HandedOutEmail]>([])

    private static let capacity = 100

    /// - Parameter link: where the person is to go; nil for a notice.
    package init(time: any TimeSource, link: @escaping @Sendable (EmailEvent) -> Secret?) {
        self.time = time
        self.link = link
    }

    func keep(_ event: EmailEvent) {
        let email = HandedOutEmail(event, link: link(event), handedOutAt: time.now())
        emails.withLock { emails in
            // Handed out again it is still one email.
            emails.removeAll { $0.id == email.id }
            emails.append(email)
            if emails.count > Self.capacity { emails.removeFirst() }
        }
    }

    /// The newest first.
    var all: [HandedOutEmail] { emails.withLock { $0.reversed() } }
}
