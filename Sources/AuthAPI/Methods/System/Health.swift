/// Whether calls can be served: asks the store. An error answer means no.
package struct Health: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable {
        package let status: String
        package let store: String

        package init() {
            status = "ok"
            store = "ok"
        }
    }

    package static let spec = MethodSpec(
        "system.health", "Says whether calls can be served.", role: .any, cost: .store, isIdempotent: true)

    package static let example = (params: Health(), reply: Reply())
}
