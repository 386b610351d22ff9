package import MVPAuth
package import StrictJSON

package struct Info: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable, JSONExplained {
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
            case instanceID, startedAt, uptimeSeconds, store, policy
        }

        package static let meanings: [String: MemberMeaning] = [
            "server": "The program that answers.",
            "protocol": "The versions of the protocol that can be spoken.",
            "instance_id": "The daemon's process: another one after each start.",
            "started_at": "When the daemon started.",
            "uptime_seconds": "For how long the daemon has been running.",
            "store": "The kind of the store: `sqlite`, `postgresql` or `memory`.",
            "policy": "The rules that the daemon goes by.",
        ]
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
