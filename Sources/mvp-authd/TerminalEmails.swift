internal import AuthServer
internal import Glibc
internal import Host
internal import MVPAuth
internal import ServiceLifecycle

/// A subscriber in this process that prints each message of the outbox, with its link and its token: for development,
/// where nobody else reads the terminal. What is not printed at a stop is printed after the next start.
struct TerminalEmails: Service {
    private let broker: EmailBroker
    private let links: EmailLinks

    init(broker: EmailBroker, links: EmailLinks) {
        self.broker = broker
        self.links = links
    }

    func run() async {
        let (events, received) = AsyncStream.makeStream(of: EmailEvent.self)
        let name = await broker.subscribe(
            to: Set(EmailMessage.Kind.allCases), of: nil, prefetch: 10, milliseconds: 60_000
        ) { received.yield($0) }
        await cancelWhenGracefulShutdown {
            for await event in events {
                StandardStreams.post(text(of: event), to: STDOUT_FILENO)
                _ = try? await broker.settle(event.delivery.message, of: name, .success, after: nil, reason: nil)
            }
        }
        await broker.abandon(name)
    }

    private func text(of event: EmailEvent) -> String {
        var lines = ["\(event.kind.rawValue) for \(event.email)"]
        if let link = links.link(for: event) { lines.append("  link:  \(link.reveal())") }
        if let token = event.token { lines.append("  token: \(token.reveal())") }
        return lines.joined(separator: "\n")
    }
}
