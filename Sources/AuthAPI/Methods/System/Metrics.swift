package import StrictJSON

package struct Metrics: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable, JSONExplained {
        package let text: String

        package init(text: String) {
            self.text = text
        }

        package static let meanings: [String: MemberMeaning] = [
            "text": "Prometheus's text format, version 0.0.4."
        ]
    }

    package static let spec = MethodSpec(
        "system.metrics", "What the daemon counts and measures, for Prometheus.", role: .admin, cost: .store,
        isIdempotent: true)

    package static let example = (
        params: Metrics(),
        reply: Reply(
            text: """
                # HELP mvp_auth_calls_total Calls that were answered, by method and by what came of them.
                # TYPE mvp_auth_calls_total counter
                mvp_auth_calls_total{method="token.verify",outcome="OK"} 1042

                """)
    )
}
