internal import CPostgres
internal import Glibc

/// An exchange, in the steps between which the server has to be waited for. Whoever takes them waits as he can.
///
///     while let events = steps.next() { steps.waited(in time: …) }
struct ExchangeSteps {
    private let connection: Connection
    private let groups: [[BoundStatement]]
    private(set) var exchange = Connection.Exchange()
    private var phase = Phase.new
    private var answers = Answers(syncs: 0)
    /// Whether there is something that the server has not taken.
    private var isFlushing = false

    private enum Phase {
        case new
        /// Statements of these names are being prepared.
        case preparing([String])
        case ready
        case sent
        case done
    }

    init(_ groups: [[BoundStatement]], on connection: Connection) {
        self.groups = groups
        self.connection = connection
    }

    /// Goes on as far as it can. What is to be waited for then (poll(2)); nil: the exchange is over.
    mutating func next() -> Int32? {
        do throws(ConnectionFailure) {
            while true {
                if isFlushing {
                    guard try connection.flush() else { return POLLIN | POLLOUT }
                    isFlushing = false
                }
                switch phase {
                case .new:
                    let new = try connection.sendPreparations(for: groups)
                    phase = new.isEmpty ? .ready : .preparing(new)
                    answers = Answers(syncs: 1)
                    isFlushing = !new.isEmpty
                case .preparing(let names):
                    guard connection.collect(answers) else { return POLLIN }
                    try connection.judge(preparationOf: names, answers)
                    phase = .ready
                case .ready:
                    exchange.unknown = .max
                    phase = .sent
                    for group in groups { try connection.send(group) }
                    answers = Answers(syncs: groups.count)
                    isFlushing = true
                case .sent:
                    guard connection.collect(answers) else { return POLLIN }
                    phase = .done
                    for group in groups { try answers.judge(group.count, into: &exchange) }
                    exchange.unknown = 0
                case .done:
                    return nil
                }
            }
        } catch {
            exchange.failure = error
            phase = .done
            return nil
        }
    }

    /// What was to be waited for has come, or its time is over.
    mutating func waited(isInTime: Bool) {
        guard !isInTime || !connection.consume() else { return }
        let failure = isInTime ? connection.failure : .timeout
        // What has been answered before counts.
        if case .sent = phase, !isFlushing {
            answers.failure = failure
        } else {
            exchange.failure = failure
            phase = .done
        }
    }
}
