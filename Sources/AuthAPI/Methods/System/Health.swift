package import StrictJSON

package struct Health: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable, JSONExplained {
        package let status: String
        package let store: String

        package init() {
            status = "ok"
            store = "ok"
        }

        package static let meanings: [String: MemberMeaning] = [
            "status": "Always `ok`: a service that is not well answers with an error.",
            "store": "Always `ok`: the store was asked.",
        ]
    }

    package static let spec = MethodSpec(
        "system.health", "Says whether calls can be served.", role: .any, cost: .store, isIdempotent: true)

    package static let example = (params: Health(), reply: Reply())
}
