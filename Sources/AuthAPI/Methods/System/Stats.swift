package import StrictJSON

package struct Stats: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable, JSONExplained {
        package let connections: Int
        package let connectionsAccepted: Int
        package let connectionsRefused: Int
        package let calls: [String: Int]
        package let errors: [String: Int]
        package let limits: [String: Int]
        package let throttled: [String: Int]
        package let replies: Int
        package let logLinesDropped: Int

        package init(
            connections: Int, connectionsAccepted: Int, connectionsRefused: Int, calls: [String: Int],
            errors: [String: Int], limits: [String: Int], throttled: [String: Int], replies: Int, logLinesDropped: Int
        ) {
            self.connections = connections
            self.connectionsAccepted = connectionsAccepted
            self.connectionsRefused = connectionsRefused
            self.calls = calls
            self.errors = errors
            self.limits = limits
            self.throttled = throttled
            self.replies = replies
            self.logLinesDropped = logLinesDropped
        }

        enum CodingKeys: String, CodingKey {
            case connections, connectionsAccepted, connectionsRefused, calls, errors, limits, throttled
            case replies = "replies_kept"
            case logLinesDropped
        }

        package static let meanings: [String: MemberMeaning] = [
            "connections": "Connections that are open.",
            "connections_accepted": "Connections that were accepted.",
            "connections_refused": "Connections that were refused.",
            "calls": "How often each method was called.",
            "errors": "How often each error was answered.",
            "limits": "How often each limit of `system.hello` was met.",
            "throttled": """
            How often guessing was stopped, by what stopped it: the count of a network (`source`), of an account for \
            strangers to it (`account`) or for everybody (`disabled`), of a device, of a session's refreshes, of changes \
            of a password, or of accounts that a network registers.
            """,
            "replies_kept": "Answers kept for calls under an idempotency key.",
            "log_lines_dropped": "Log lines that were dropped because nobody read them.",
        ]
    }

    package static let spec = MethodSpec(
        "system.stats", "Counters since the start.", role: .admin, cost: .memory, isIdempotent: true)

    package static let example = (
        params: Stats(),
        reply: Reply(
            connections: 3, connectionsAccepted: 12, connectionsRefused: 0, calls: ["token.verify": 1042],
            errors: ["TOKEN_EXPIRED": 4], limits: ["line_bytes": 1],
            throttled: ["account": 17], replies: 2, logLinesDropped: 0)
    )
}
