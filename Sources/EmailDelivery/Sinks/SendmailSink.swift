internal import EmailTemplates
package import Host

/// Gives messages to the `sendmail` of this host, or to what is configured in its place.
package struct SendmailSink: DeliverySink {
    private let program: ChildProgram
    private let composer: MailComposer

    /// Of sysexits.h: the data is wrong, the user or the host of the address is unknown.
    private static let refusals: Set<Int32> = [65, 67, 68]

    init(_ program: ChildProgram, composer: MailComposer) {
        self.program = program
        self.composer = composer
    }

    package var destination: String { "sendmail by \(printable(program.command[0]))" }
    package var concurrency: Int { 4 }
    package var longest: Duration { program.deadline + .seconds(3) }
    package var events: [String]? { BuiltInTemplates.events }

    package func deliver(_ email: OutgoingEmail) async -> DeliveryOutcome {
        let message: MailMessage
        do throws(MailComposer.Refusal) {
            message = try composer.message(for: email)
        } catch {
            return error.outcome
        }
        // A program of this host takes lines as they are usual here.
        let bytes = message.bytes.filter { $0 != UInt8(ascii: "\r") }
        let (ending, said) = await program.run(input: bytes, hiding: email.secret)
        switch ending {
        case .exited(0): return .delivered
        case .exited(let status) where Self.refusals.contains(status): return .drop(reason: ending.reason(said))
        default: return .retry(after: nil, reason: ending.reason(said))
        }
    }

    package func check() async throws(StartFailure) {
        try program.check()
    }
}
