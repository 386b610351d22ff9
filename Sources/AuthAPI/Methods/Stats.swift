/// Counters since the start.
package struct Stats: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable {
        package let connections: Int
        package let connectionsAccepted: Int
        package let connectionsRefused: Int
        package let calls: [String: Int]
        package let errors: [String: Int]

        package init(
            connections: Int, connectionsAccepted: Int, connectionsRefused: Int, calls: [String: Int],
            errors: [String: Int]
        ) {
            self.connections = connections
            self.connectionsAccepted = connectionsAccepted
            self.connectionsRefused = connectionsRefused
            self.calls = calls
            self.errors = errors
        }

        enum CodingKeys: String, CodingKey {
            case connections
            case connectionsAccepted = "connections_accepted"
            case connectionsRefused = "connections_refused"
            case calls, errors
        }
    }

    package static let spec = MethodSpec("system.stats", "Counters since the start.", role: .admin, isIdempotent: true)

    package static let example = (
        params: Stats(),
        reply: Reply(
            connections: 3, connectionsAccepted: 12, connectionsRefused: 0, calls: ["token.verify": 1042],
            errors: ["TOKEN_EXPIRED": 4])
    )
}
