package import MVPAuth

/// What is running.
package struct Info: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable {
        package let server: Software
        package let versions: [Int]
        package let instanceID: String
        package let startedAt: Timestamp
        package let uptimeSeconds: Int
        package let store: String
        package let policy: PolicyDescription

        package init(
            server: Software, versions: [Int], instanceID: String, startedAt: Timestamp, uptimeSeconds: Int,
            store: String, policy: PolicyDescription
        ) {
            self.server = server
            self.versions = versions
            self.instanceID = instanceID
            self.startedAt = startedAt
            self.uptimeSeconds = uptimeSeconds
            self.store = store
            self.policy = policy
        }

        enum CodingKeys: String, CodingKey {
            case server
            case versions = "protocol"
            case instanceID = "instance_id"
            case startedAt = "started_at"
            case uptimeSeconds = "uptime_seconds"
            case store, policy
        }
    }

    package static let spec = MethodSpec(
        "system.info", "Says what is running.", role: .any, cost: .memory, isIdempotent: true)

    package static let example = (
        params: Info(),
        reply: Reply(
            server: .mvpAuth, versions: [1], instanceID: "1f8b7c0a9d3e4f52", startedAt: Examples.instant,
            uptimeSeconds: 3600, store: "sqlite",
            policy: PolicyDescription(AuthPolicy(), algorithm: "HS256", passwordAlgorithm: "bcrypt"))
    )
}
