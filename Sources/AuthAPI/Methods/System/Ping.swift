/// Answers, if the daemon lives. Asks no store.
package struct Ping: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable {
        package let pong: Bool

        package init() {
            pong = true
        }
    }

    package static let spec = MethodSpec("system.ping", "Answers.", role: .any, cost: .memory, isIdempotent: true)

    package static let example = (params: Ping(), reply: Reply())
}
