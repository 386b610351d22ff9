package import Host

/// Runs a program for each event and gives it the event as one line of JSON. Its exit status is the answer: 0 done, 75
/// (EX_TEMPFAIL) later, anything else later for two more times, then never.
package struct CommandSink: DeliverySink {
    private let program: ChildProgram
    private let turns = Turns(Self.most)

    /// How many programs run at the same time.
    private static let most = 4
    /// How often a program may fail on the same email.
    private static let mostFailures = 3
    private static let temporaryFailure: Int32 = 75

    init(_ program: ChildProgram) {
        self.program = program
    }

    package var destination: String { "command \(printable(program.command[0]))" }
    package var concurrency: Int { Self.most }
    package var longest: Duration { program.deadline + .seconds(3) }

    package func deliver(_ email: OutgoingEmail) async -> DeliveryOutcome {
        await turns.take()
        defer { turns.leave() }
        let (ending, said) = await program.run(input: email.json + [UInt8(ascii: "\n")], hiding: email.secret)
        let reason = ending.reason(said)
        switch ending {
        case .exited(0): return .delivered
        case .exited(Self.temporaryFailure), .notStarted: return .retry(after: nil, reason: reason)
        case .exited, .signalled, .late:
            return email.attempt < Self.mostFailures ? .retry(after: nil, reason: reason) : .drop(reason: reason)
        }
    }

    package func check() async throws(StartFailure) {
        try program.check()
    }
}

extension ChildProgram.Ending {
    /// In words, with what the program said.
    func reason(_ said: String?) -> String {
        let words =
            switch self {
            case .exited(let status): "exit status \(status)"
            case .signalled(let signal): "ended by signal \(signal)"
            case .late: "not finished in time"
            case .notStarted(let why): "not started: \(why)"
            }
        return words + (said.map { ": \($0)" } ?? "")
    }
}
