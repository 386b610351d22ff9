internal import EmailTemplates
package import Host
internal import MVPAuth

/// Hands messages to a mail server by SMTP: a relay, or a server on this host.
package struct SMTPSink: DeliverySink {
    private let server: SMTPServer
    private let composer: MailComposer
    private let threads: TransferThreads

    init(_ server: SMTPServer, composer: MailComposer, connections: Int) {
        self.server = server
        self.composer = composer
        threads = TransferThreads(most: connections)
    }

    package var destination: String { "smtp to \(server.name)" }
    package var concurrency: Int { threads.most }
    package var events: [String]? { BuiltInTemplates.events }

    /// Twice: a connection that the server closed meanwhile costs a second transfer.
    package var longest: Duration { server.times.total * 2 }

    package func deliver(_ email: OutgoingEmail) async -> DeliveryOutcome {
        let message: MailMessage
        do throws(MailComposer.Refusal) {
            message = try composer.message(for: email)
        } catch {
            return error.outcome
        }
        let transfer = server.transfer(
            .message(sender: message.from.address.text, recipient: message.to.text, bytes: message.bytes))
        var result = await threads.perform(transfer)
        if result.isStale { result = await threads.perform(transfer) }
        return outcome(of: result, hiding: email.secret)
    }

    package func check() async throws(StartFailure) {
        let result = await threads.perform(server.transfer(.greet))
        guard result.isComplete else {
            let said = result.reply ?? result.problem
            throw StartFailure(
                "The mail server \(server.name) cannot be used: \(ErrorText.shown(said, hiding: "") ?? "no reason").")
        }
        guard server.credentials == nil || result.isSignedIn else {
            throw StartFailure(
                "The mail server \(server.name) offers no way to sign in that may be used; see MVP_AUTH_MAIL_SMTP_AUTH."
            )
        }
    }

    package func close() async {
        await threads.close(within: .seconds(1))
    }

    /// A 5xx is the end where it is said of the recipient or of the message. Said of anything else it is the operator's
    /// to mend: no message is lost by a wrong password.
    private func outcome(of result: TransferResult, hiding secret: String) -> DeliveryOutcome {
        guard !result.isComplete else { return .delivered }
        guard let reply = result.reply, result.status >= 400 else {
            let reason = result.phase == .body ? "no answer after the message: \(result.problem)" : result.problem
            return .retry(after: nil, reason: Self.shown(reason, hiding: secret))
        }
        let isFinal = result.status >= 500 && [.rcpt, .data, .body].contains(result.phase)
        let reason = Self.shown("\(result.phase.rawValue): \(reply)", hiding: secret)
        return isFinal ? .drop(reason: reason) : .retry(after: nil, reason: reason)
    }

    private static func shown(_ text: String, hiding secret: String) -> String {
        ErrorText.shown(text, hiding: secret) ?? "no reason"
    }
}

extension TransferResult {
    /// A connection that was kept had been closed by the server: nothing was sent on it.
    fileprivate var isStale: Bool {
        !isComplete && !isCancelled && isReused && phase == .mail && (reply == nil || status == 421)
    }
}

extension MailComposer.Refusal {
    var outcome: DeliveryOutcome {
        switch self {
        case .never(let reason): .drop(reason: reason)
        case .now(let reason): .retry(after: nil, reason: reason)
        }
    }
}
