package import StrictJSON

package struct Ping: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable, JSONExplained {
        package let pong: Bool

        package init() {
            pong = true
        }

        package static let meanings: [String: MemberMeaning] = ["pong": "Always true."]
    }

    package static let spec = MethodSpec("system.ping", "Answers.", role: .any, cost: .memory, isIdempotent: true)

    package static let example = (params: Ping(), reply: Reply())
}
