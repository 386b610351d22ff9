/// Counters since the start.
package struct Stats: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable {
        package let connections: Int
        package let connectionsAccepted: Int
        package let connectionsRefused: Int
        package let calls: [String: Int]
        package let errors: [String: Int]
        /// How often each limit of `system.hello` was met.
        package let limits: [String: Int]
        /// Answers kept for calls that carried an idempotency key.
        package let replies: Int
        /// Log lines that were dropped because nobody read them.
        package let logLinesDropped: Int

        package init(
            connections: Int, connectionsAccepted: Int, connectionsRefused: Int, calls: [String: Int],
            errors: [String: Int], limits: [String: Int], replies: Int, logLinesDropped: Int
        ) {
            self.connections = connections
            self.connectionsAccepted = connectionsAccepted
            self.connectionsRefused = connectionsRefused
            self.calls = calls
            self.errors = errors
            self.limits = limits
            self.replies = replies
            self.logLinesDropped = logLinesDropped
        }

        enum CodingKeys: String, CodingKey {
            case connections
            case connectionsAccepted = "connections_accepted"
            case connectionsRefused = "connections_refused"
            case calls, errors, limits
            case replies = "replies_kept"
            case logLinesDropped = "log_lines_dropped"
        }
    }

    package static let spec = MethodSpec(
        "system.stats", "Counters since the start.", role: .admin, cost: .memory, isIdempotent: true)

    package static let example = (
        params: Stats(),
        reply: Reply(
            connections: 3, connectionsAccepted: 12, connectionsRefused: 0, calls: ["token.verify": 1042],
            errors: ["TOKEN_EXPIRED": 4], limits: ["line_bytes": 1], replies: 2, logLinesDropped: 0)
    )
}
