internal import AuthAPI
internal import MVPAuth
internal import StrictJSON

/// `retries.jsonl`: where a call breaks, whether it is made again, and what the caller is told.
///
/// The rows are a product of kinds of calls and of accidents; their outcomes are computed here, once for all clients.
/// `steps` is a script for `serve.py`, `sends` how often the call reaches the server.
enum RetryVectors {
    static var rows: [JSON] {
        Kind.allCases.flatMap { kind in accidents.map { row(kind, $0) } }
    }

    /// Attempts in all, of those that reach the server.
    private static let attempts = 4

    private enum Kind: String, CaseIterable {
        case idempotent = "an idempotent call"
        case keyedByItself = "a refresh, which makes a key"
        case keyed = "a call under a key"
        case plain = "a call without a key"

        var method: String {
            switch self {
            case .idempotent: VerifyToken.spec.name
            case .keyedByItself: Refresh.spec.name
            case .keyed: Register.spec.name
            case .plain: Login.spec.name
            }
        }

        var isRepeatable: Bool { self != .plain }
    }

    /// What happens to an attempt.
    private struct Accident {
        let name: String
        let steps: [JSON]
        /// How often the server has the call before its answer, if it is always made again.
        var sends = 1
        /// Nil: the call never reached the server.
        var executed: Bool?
        var code = AuthError.Code.internalError.rawValue
        var retryable = true

        /// Whether such a call is made again by itself (PROTOCOL 7).
        func isRepeated(_ kind: Kind) -> Bool {
            guard let executed else { return true }
            return retryable && code != AuthError.Code.deadlineExceeded.rawValue && (!executed || kind.isRepeatable)
        }
    }

    private static let accidents: [Accident] = [
        Accident(name: "nothing happens", steps: [], sends: 0),
        Accident(name: "nobody listens for a while", steps: [["refuse": 300]], sends: 0),
        Accident(name: "the connection ends before the hello is answered", steps: [["eof": "hello"]], sends: 0),
        Accident(
            name: "the daemon is not ready at the hello",
            steps: [["hello_error": error(.notReady, executed: false)]], sends: 0),
        lost("the connection ends without an answer", ["eof": true]),
        lost("the answer is cut off before its first byte", ["cut": 0]),
        lost("the answer is cut off after a byte", ["cut": 1]),
        lost("the answer is cut off before its line feed", ["cut": -1]),
        lost("the daemon drains and ends without an answer", ["draining": true], ["eof": true]),
        Accident(name: "the daemon drains and answers", steps: [["expect": true], ["draining": true]], sends: 0),
        answered("the daemon shuts down", .shuttingDown, executed: false),
        answered("the daemon is not ready", .notReady, executed: false),
        answered("the daemon is overloaded for a while", .overloaded, executed: false, wait: 20),
        answered("the store fails before anything was done", .storageUnavailable, executed: false),
        answered("the store fails at an unknown point", .storageUnavailable, executed: true),
        answered("the store fails for good", .storageUnavailable, executed: false, times: attempts),
        answered("the daemon gives up by the deadline", .deadlineExceeded, executed: false),
        answered("the call is refused", .tokenInvalid, executed: false),
        answered("the call fails inside", .internalError, executed: true),
    ]

    private static func lost(_ name: String, _ steps: JSON...) -> Accident {
        let expect: [JSON] = steps.count > 1 ? [["expect": true]] : []
        return Accident(name: name, steps: expect + steps, executed: true, code: "CONNECTION_LOST")
    }

    private static func answered(
        _ name: String, _ code: AuthError.Code, executed: Bool, wait: Int? = nil, times: Int = 1
    ) -> Accident {
        let step: JSON = ["error": error(code, executed: executed, wait: wait)]
        return Accident(
            name: name, steps: Array(repeating: step, count: times), sends: times, executed: executed,
            code: code.rawValue, retryable: code.isRetryable)
    }

    private static func error(_ code: AuthError.Code, executed: Bool, wait: Int? = nil) -> JSON {
        var data: JSON = [
            "code": .string(code.rawValue), "retryable": .bool(code.isRetryable), "executed": .bool(executed),
        ]
        if let wait { data["retry_after_ms"] = .int(wait) }
        return ["code": .int(code.number), "message": .string(code.message), "data": data]
    }

    private static func row(_ kind: Kind, _ accident: Accident) -> JSON {
        guard let method = ClientMethod.described.first(where: { $0.spec.name == kind.method }) else {
            preconditionFailure("\(kind.method) is not in the catalogue")
        }
        let isRepeated = accident.isRepeated(kind) && accident.sends < attempts
        let isDone = isRepeated || accident.sends == 0
        let reply: JSON = ["reply": method.description.exampleReply]
        return [
            "name": .string("\(kind.rawValue): \(accident.name)"), "method": .string(kind.method),
            "function": .string(method.name), "params": method.description.exampleParams,
            "key": kind == .keyed ? "a-key-of-the-caller" : .null, "steps": .array(accident.steps + [reply]),
            "sends": .int(isDone ? accident.sends + 1 : accident.isRepeated(kind) ? attempts : 1),
            "outcome": isDone
                ? ["result": method.description.exampleReply]
                : ["code": .string(accident.code), "executed": .bool(accident.executed ?? false)],
        ]
    }
}
