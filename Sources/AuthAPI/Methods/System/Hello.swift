internal import MVPAuth

/// Agrees on the protocol, tells who the caller is, and optionally gives roles up. Optional.
package struct Hello: RPCMethod {
    /// The protocol versions that the caller speaks.
    package let versions: [Int]?
    package let client: Software?
    /// The roles to keep; the others are given up for the life of the connection.
    package let roles: [Role]?

    package init(versions: [Int]? = nil, client: Software? = nil, roles: [Role]? = nil) {
        self.versions = versions
        self.client = client
        self.roles = roles
    }

    enum CodingKeys: String, CodingKey {
        case versions = "protocol"
        case client, roles
    }

    package struct Reply: Codable, Sendable {
        package let version: Int
        package let server: Software
        package let instanceID: String
        package let peer: PeerDescription
        package let limits: Limits
        package let capabilities: [String]
        package let openrpcSHA256: String

        package init(
            version: Int, server: Software, instanceID: String, peer: PeerDescription, limits: Limits,
            capabilities: [String], openrpcSHA256: String
        ) {
            self.version = version
            self.server = server
            self.instanceID = instanceID
            self.peer = peer
            self.limits = limits
            self.capabilities = capabilities
            self.openrpcSHA256 = openrpcSHA256
        }

        enum CodingKeys: String, CodingKey {
            case version = "protocol"
            case server
            case instanceID = "instance_id"
            case peer, limits, capabilities
            case openrpcSHA256 = "openrpc_sha256"
        }
    }

    package static let spec = MethodSpec(
        "system.hello", "Agrees on the protocol and tells the caller who it is.", role: .any, cost: .memory,
        isIdempotent: true,
        errors: [.unsupportedProtocol])

    package static let example = (
        params: Hello(versions: [1], client: Software(name: "shop", version: "2.4")),
        reply: Reply(
            version: 1, server: .mvpAuth, instanceID: "1f8b7c0a9d3e4f52",
            peer: PeerDescription(uid: 1000, gid: 1000, app: "shop", roles: [.client]), limits: .standard,
            capabilities: ["cancel"], openrpcSHA256: String(repeating: "0", count: 64))
    )
}
